package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/apptest"
	"github.com/seed-2f16ea30/logsieve/internal/cli"
)

// running is a command that runs in this process.
type running struct {
	t      *testing.T
	out    *bufio.Reader
	stderr buffer
	stop   context.CancelFunc
	code   chan int
}

// run starts a command. Its standard output is read with line.
func run(t *testing.T, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	c := &running{t: t, out: bufio.NewReader(r), stop: cancel, code: make(chan int, 1)}
	go func() {
		code := cli.Main(ctx, args, strings.NewReader(""), w, &c.stderr)
		_ = w.Close()
		c.code <- code
	}()
	t.Cleanup(func() {
		cancel()
		_ = r.Close()
	})
	return c
}

// line returns the next line of standard output.
func (c *running) line() string {
	c.t.Helper()
	text, err := c.out.ReadString('\n')
	if err != nil {
		c.t.Fatalf("standard output ended: %v; standard error: %s", err, c.stderr.String())
	}
	return strings.TrimSuffix(text, "\n")
}

// exit waits for the exit code.
func (c *running) exit() int {
	c.t.Helper()
	select {
	case code := <-c.code:
		return code
	case <-time.After(patience):
		c.t.Fatalf("the command does not end; standard error: %s", c.stderr.String())
		return -1
	}
}

// buffer is a bytes.Buffer that one goroutine writes and another reads.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func write(t *testing.T, address string, messages ...string) {
	t.Helper()
	c, err := client.Dial(address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // nothing is under way
	var entries []*loggerv1.LogEntry
	for _, m := range messages {
		entries = append(entries, &loggerv1.LogEntry{Service: "web", Message: m})
	}
	if _, err := c.Write(t.Context(), entries...); err != nil {
		t.Fatal(err)
	}
}

func TestTailFollowsUntilItIsInterrupted(t *testing.T) {
	server := apptest.Start(t, apptest.Config(t))
	write(t, server.GRPC, "one", "two")
	c := run(t, "tail", "--server", server.GRPC, "-o", "raw")
	for _, want := range []string{"one", "two"} {
		if got := c.line(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	write(t, server.GRPC, "three")
	if got := c.line(); got != "three" {
		t.Errorf("got %q, want three", got)
	}
	c.stop()
	if code := c.exit(); code != 0 || c.stderr.String() != "" {
		t.Errorf("interrupted, it exited with %d and said %q", code, c.stderr.String())
	}
}

func TestTailOutlivesTheServer(t *testing.T) {
	cfg := apptest.Config(t)
	server := apptest.Start(t, cfg)
	cfg.GRPC.Address = server.GRPC
	c := run(t, "tail", "--server", server.GRPC, "-o", "raw")
	write(t, server.GRPC, "one")
	if got := c.line(); got != "one" {
		t.Errorf("got %q, want one", got)
	}
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	server = apptest.Start(t, cfg)
	write(t, server.GRPC, "two")
	if got := c.line(); got != "two" {
		t.Errorf("got %q, want two", got)
	}
	c.stop()
	said := c.stderr.String()
	if code := c.exit(); code != 0 || !strings.Contains(said, "the connection is lost, trying again: ") || !strings.Contains(said, "connected again") {
		t.Errorf("it exited with %d and said %q", code, said)
	}
}

func TestNoticesOnRequest(t *testing.T) {
	server := apptest.Start(t, apptest.Config(t))
	write(t, server.GRPC, "one")
	c := run(t, "tail", "--server", server.GRPC, "-o", "raw", "--no-follow", "--notices", "service=web")
	if got := c.line(); got != "one" {
		t.Errorf("got %q", got)
	}
	if code := c.exit(); code != 0 || !strings.Contains(c.stderr.String(), "filter 1 is in force behind ") {
		t.Errorf("it exited with %d and said %q", code, c.stderr.String())
	}
}

// A reader that has read enough, as head has.
func TestBrokenPipeIsAQuietEnd(t *testing.T) {
	server := apptest.Start(t, apptest.Config(t))
	write(t, server.GRPC, strings.Fields(strings.Repeat("entry ", 500))...)
	for _, args := range [][]string{{"query", "--limit", "0"}, {"tail", "-n", "500"}, {"fields"}, {"config"}} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Close()
		var stderr buffer
		if args[0] != "config" {
			args = append(args, "--server", server.GRPC)
		}
		code := cli.Main(t.Context(), args, strings.NewReader(""), w, &stderr)
		_ = w.Close()
		if code != 0 || stderr.String() != "" {
			t.Errorf("%v exited with %d and said %q", args, code, stderr.String())
		}
	}
}

// gappy is a server that injects what a healthy one has not: missing entries.
type gappy struct {
	loggerv1.UnimplementedLoggerServer
}

var missing = &loggerv1.Gap{ToCursor: "c", Entries: 7, Reason: loggerv1.GapReason_RETENTION}

func (gappy) Monitor(stream grpc.BidiStreamingServer[loggerv1.LogFilter, loggerv1.LogEntry]) error {
	if _, err := stream.Recv(); err != nil {
		return err
	}
	for _, e := range []*loggerv1.LogEntry{
		{Cursor: "a", Message: "before", FilterRevision: 1},
		{Message: "7 entries are missing here", Notice: &loggerv1.Notice{Kind: &loggerv1.Notice_Gap{Gap: missing}}},
		{Cursor: "d", Message: "after", FilterRevision: 1},
	} {
		if err := stream.Send(e); err != nil {
			return err
		}
	}
	return nil
}

func (gappy) ListEntries(context.Context, *loggerv1.ListEntriesRequest) (*loggerv1.ListEntriesResponse, error) {
	return &loggerv1.ListEntriesResponse{
		Entries: []*loggerv1.LogEntry{{Cursor: "a", Message: "before"}}, Gaps: []*loggerv1.Gap{missing},
	}, nil
}

func TestGaps(t *testing.T) {
	address := serveFake(t, gappy{})
	for _, args := range [][]string{{"tail", "--no-follow"}, {"query"}} {
		args = append(args, "--server", address, "-o", "raw")
		for _, failing := range []bool{false, true} {
			want := 0
			if failing {
				args, want = append(args, "--fail-on-gap"), 5
			}
			var out, stderr buffer
			code := cli.Main(t.Context(), args, strings.NewReader(""), &out, &stderr)
			if code != want || !strings.Contains(stderr.String(), "7 entries are missing here") {
				t.Errorf("%v exited with %d, want %d, and said %q", args, code, want, stderr.String())
			}
			if args[0] == "tail" && !strings.HasPrefix(out.String(), "before\n") {
				t.Errorf("%v printed %q", args, out.String())
			}
		}
	}
}
