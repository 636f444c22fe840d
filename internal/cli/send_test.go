package cli_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/apptest"
	"github.com/seed-2f16ea30/logsieve/internal/cli"
)

// serveFake serves a server that injects faults, and returns its address.
func serveFake(t *testing.T, fake loggerv1.LoggerServer) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer()
	loggerv1.RegisterLoggerServer(s, fake)
	served := make(chan error, 1)
	go func() { served <- s.Serve(listener) }()
	t.Cleanup(func() {
		s.Stop()
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return listener.Addr().String()
}

// full is a server whose disk is full for a while, and which does not like some entries.
type full struct {
	loggerv1.UnimplementedLoggerServer
	refusals atomic.Int32
	stored   atomic.Int32
}

func (f *full) WriteEntries(_ context.Context, req *loggerv1.WriteEntriesRequest) (*loggerv1.WriteEntriesResponse, error) {
	if f.refusals.Add(-1) >= 0 {
		st, err := status.New(codes.ResourceExhausted, "the disk is nearly full").WithDetails(
			protoadapt.MessageV1Of(&errdetails.RetryInfo{RetryDelay: durationpb.New(time.Millisecond)}))
		if err != nil {
			return nil, err
		}
		return nil, st.Err()
	}
	resp := &loggerv1.WriteEntriesResponse{}
	for i, e := range req.GetEntries() {
		if strings.Contains(e.GetMessage(), "bad") {
			resp.Rejected = append(resp.Rejected, &loggerv1.RejectedEntry{Index: uint32(i), Message: "it is bad"})
			continue
		}
		resp.Accepted++
		f.stored.Add(1)
	}
	return resp, nil
}

func TestSendWaitsWhileTheServerIsFull(t *testing.T) {
	f := &full{}
	f.refusals.Store(2)
	var out, stderr buffer
	code := cli.Main(t.Context(), []string{"send", "--server", serveFake(t, f)}, strings.NewReader("one\n\ntwo\nthree"), &out, &stderr)
	if code != 0 || f.stored.Load() != 3 || !strings.Contains(stderr.String(), "waiting: the disk is nearly full") {
		t.Errorf("it exited with %d, stored %d, and said %q", code, f.stored.Load(), stderr.String())
	}
}

func TestSendTellsWhatWasNotStored(t *testing.T) {
	f := &full{}
	var out, stderr buffer
	code := cli.Main(t.Context(), []string{"send", "--server", serveFake(t, f)}, strings.NewReader("one\nbad two\nthree\n"), &out, &stderr)
	said := stderr.String()
	if code != 1 || f.stored.Load() != 2 || !strings.Contains(said, "not stored: it is bad: bad two") || !strings.Contains(said, "1 of 3 lines were not stored") {
		t.Errorf("it exited with %d, stored %d, and said %q", code, f.stored.Load(), said)
	}
}

// A line is seen while more are to come: it is not kept until a batch is full.
func TestSendDoesNotHoldLinesBack(t *testing.T) {
	server := apptest.Start(t, apptest.Config(t))
	r, w := io.Pipe()
	sent := make(chan int, 1)
	go func() {
		sent <- cli.Main(t.Context(), []string{"send", "--server", server.GRPC}, r, io.Discard, io.Discard)
	}()
	tail := run(t, "tail", "--server", server.GRPC, "-o", "raw")
	for i := range 3 {
		line := fmt.Sprintf("line %d", i)
		if _, err := io.WriteString(w, line+"\n"); err != nil {
			t.Fatal(err)
		}
		if got := tail.line(); got != line {
			t.Errorf("got %q, want %q", got, line)
		}
	}
	_ = w.Close()
	if code := <-sent; code != 0 {
		t.Errorf("send exited with %d", code)
	}
	tail.stop()
	tail.exit()
}

// What is sent arrives as it was, however odd: long, not UTF-8, without a line end.
func TestSendOddLines(t *testing.T) {
	server := apptest.Start(t, apptest.Config(t))
	const limit = 256 << 10
	long := strings.Repeat("x", limit+100)
	var out, stderr buffer
	code := cli.Main(t.Context(), []string{"send", "--server", server.GRPC}, strings.NewReader("\xff\xfe odd\n"+long+"\r\n\nlast"), &out, &stderr)
	if code != 0 {
		t.Fatalf("it exited with %d and said %q", code, stderr.String())
	}
	code = cli.Main(t.Context(), []string{"query", "--server", server.GRPC, "-o", "json"}, strings.NewReader(""), &out, &stderr)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if code != 0 || len(lines) != 3 {
		t.Fatalf("query exited with %d and printed %d lines", code, len(lines))
	}
	for i, want := range []string{"\ufffd odd", `"log.original_length":"`, `"message":"last"`} {
		if !strings.Contains(lines[i], want) {
			t.Errorf("entry %d is %.200s, want %s in it", i, lines[i], want)
		}
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errors.New("the disk is on fire") }

func TestSendFromABrokenInput(t *testing.T) {
	var out, stderr buffer
	code := cli.Main(t.Context(), []string{"send", "--server", serveFake(t, &full{})}, failingReader{}, &out, &stderr)
	if code != 1 || !strings.Contains(stderr.String(), "standard input cannot be read: the disk is on fire") {
		t.Errorf("it exited with %d and said %q", code, stderr.String())
	}
}
