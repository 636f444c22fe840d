package cli_test

import (
	"context"
	"io"
	"strings"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/apptest"
	"github.com/seed-2f16ea30/logsieve/internal/cli"
)

// sending is send in this process, with a pipe for its input.
func sending(t *testing.T, args ...string) (input *io.PipeWriter, stderr *buffer, ended <-chan int) {
	t.Helper()
	r, w := io.Pipe()
	stderr = &buffer{}
	code := make(chan int, 1)
	go func() {
		code <- cli.Main(t.Context(), append([]string{"send"}, args...), r, io.Discard, stderr)
		_ = r.Close()
	}()
	t.Cleanup(func() { _ = w.Close() })
	return w, stderr, code
}

func put(t *testing.T, w io.Writer, line string) {
	t.Helper()
	if _, err := io.WriteString(w, line+"\n"); err != nil {
		t.Fatal(err)
	}
}

func TestSendOutlivesTheServer(t *testing.T) {
	cfg := apptest.Config(t)
	server := apptest.Start(t, cfg)
	cfg.GRPC.Address = server.GRPC
	tail := run(t, "tail", "--server", server.GRPC, "-o", "raw")
	input, stderr, ended := sending(t, "--server", server.GRPC)
	put(t, input, "one")
	if got := tail.line(); got != "one" {
		t.Errorf("got %q, want one", got)
	}
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	put(t, input, "two")
	_ = input.Close()
	apptest.Start(t, cfg)
	if got := tail.line(); got != "two" {
		t.Errorf("got %q, want two", got)
	}
	if code := <-ended; code != 0 {
		t.Errorf("it exited with %d and said %q", code, stderr.String())
	}
	tail.stop()
	tail.exit()
}

// unsteady is a server that stores and then fails to say so, once.
type unsteady struct {
	loggerv1.UnimplementedLoggerServer
	calls atomic.Int32
	fails int32 // the call that fails, and with always all that follow
	every bool
}

func (u *unsteady) WriteEntries(_ context.Context, req *loggerv1.WriteEntriesRequest) (*loggerv1.WriteEntriesResponse, error) {
	if n := u.calls.Add(1); n == u.fails || u.every && n > u.fails {
		return nil, status.Error(codes.Unavailable, "error reading from server: EOF")
	}
	return &loggerv1.WriteEntriesResponse{Accepted: uint32(len(req.GetEntries()))}, nil
}

func TestSendTellsWhatMayBeStoredTwice(t *testing.T) {
	u := &unsteady{fails: 2}
	var stderr buffer
	code := cli.Main(t.Context(), []string{"send", "--server", serveFake(t, u)}, strings.NewReader(strings.Repeat("line\n", 600)), io.Discard, &stderr)
	said := stderr.String()
	if code != 0 || u.calls.Load() != 3 || !strings.Contains(said, "the server is gone after 500 lines, trying again for 1m0s") ||
		!strings.Contains(said, "100 lines may be stored twice") {
		t.Errorf("it exited with %d after %d calls and said %q", code, u.calls.Load(), said)
	}
}

func TestSendGivesUp(t *testing.T) {
	for _, retry := range []string{"0", "1ms"} {
		u := &unsteady{fails: 1, every: true}
		u.calls.Store(-1) // the first batch is stored
		var stderr buffer
		code := cli.Main(t.Context(), []string{"send", "--retry", retry, "--server", serveFake(t, u)}, strings.NewReader(strings.Repeat("line\n", 600)), io.Discard, &stderr)
		if said := stderr.String(); code == 0 || !strings.Contains(said, "500 lines were stored before this:") {
			t.Errorf("with --retry %s it exited with %d and said %q", retry, code, said)
		}
	}
}
