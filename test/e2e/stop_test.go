package e2e

import (
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/feed"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
	"github.com/seed-2f16ea30/logsieve/test/e2e/watch"
)

// audience is one watcher of each kind.
type audience struct {
	// steady ones come back by themselves: the Go client and EventSource.
	steady []*watch.Watcher
	// The others are resumed by hand.
	bare, socket, grpcJS, curl *watch.Watcher
}

func gather(t *testing.T, s *server.Server) *audience {
	t.Helper()
	// The pace of coming back is the test's own: patience is not what is tested.
	pace := client.WithBackoff(client.Backoff{Initial: 50 * time.Millisecond, Max: 500 * time.Millisecond})
	a := &audience{
		steady: []*watch.Watcher{watch.Go(t, s.GRPC, nth(0), pace), watch.EventSource(t, s.HTTP, nth(5))},
		bare:   watch.Go(t, s.GRPC, nth(1), client.WithReconnect(false)),
		socket: watch.WebSocket(t, s.HTTP, nth(4)),
		grpcJS: watch.GRPCJS(t, s.GRPC, nth(9)),
		curl:   watch.Curl(t, s.HTTP, nth(6)),
	}
	a.bare.Name = "Go (bare)"
	return a
}

func (a *audience) resumed() []*watch.Watcher {
	return []*watch.Watcher{a.bare, a.socket, a.grpcJS, a.curl}
}

func (a *audience) all() []*watch.Watcher { return append(a.resumed(), a.steady...) }

// awaitLoad waits until everybody has received something of a log that grows.
func (a *audience) awaitLoad(t *testing.T) {
	t.Helper()
	const entries = 50
	for _, w := range a.all() {
		w.Await(t, "under load", func(s watch.State) bool { return s.Entries >= entries })
	}
}

// goOn brings everybody back to a server that was started again.
func (a *audience) goOn(t *testing.T) {
	t.Helper()
	for _, w := range a.resumed() {
		w.Resume(t)
	}
}

// TestStopUnderLoad stops the server with SIGTERM while entries are written and watched,
// and starts it again.
func TestStopUnderLoad(t *testing.T) {
	t.Parallel()
	s := server.Start(t, server.Checked, server.NewSettings(t, nil))
	c := dial(t, s)
	f := feed.New()
	api := f.API(c, "api", 1)
	a := gather(t, s)
	writing := writeOn(t, 50, api)
	a.awaitLoad(t)

	stopped := time.Now()
	code, err := s.Stop(syscall.SIGTERM)
	const drain = 10 * time.Second
	if took := time.Since(stopped); err != nil || code != 0 || took > drain {
		t.Errorf("the server ended with code %d after %v, %v; want 0 within %v", code, took, err, drain)
	}
	if err := writing(); status.Code(err) != codes.Unavailable {
		t.Errorf("writing ended with %v, want UNAVAILABLE", err)
	}
	a.checkGoodbye(t)

	s = s.Restart(t)
	a.goOn(t)
	finish(t, s, f, a)
}

// checkGoodbye wants everybody to have been told why the stream ended, and when to come
// back.
func (a *audience) checkGoodbye(t *testing.T) {
	t.Helper()
	const restart = 1012 // the WebSocket's close code for a server that restarts
	for _, c := range []struct {
		w      *watch.Watcher
		code   int
		status bool // an error frame comes last
	}{
		{a.bare, int(codes.Unavailable), false},
		{a.grpcJS, int(codes.Unavailable), false},
		{a.socket, restart, true},
		{a.curl, 0, true},
	} {
		end := c.w.AwaitEnd(t)
		if end.Code != c.code {
			t.Errorf("%s ended with code %d (%s), want %d", c.w.Name, end.Code, end.Reason, c.code)
		}
		if c.status && !strings.Contains(end.Status, `"code":14`) {
			t.Errorf("%s: the error frame is %q, want code 14", c.w.Name, end.Status)
		}
		goodbye := c.w.State().Goodbye
		if goodbye.GetReason() != loggerv1.GoodbyeReason_DRAIN || goodbye.GetCursor() == "" {
			t.Errorf("%s was told %v, want a goodbye with a cursor", c.w.Name, goodbye)
		}
	}
}

// finish writes some more to a server that was started again, and checks that all that
// was acknowledged is there, and that everybody has seen all of it once.
func finish(t *testing.T, s *server.Server, f *feed.Feed, a *audience) {
	t.Helper()
	c := dial(t, s)
	after := f.API(c, "after", 2)
	for range 5 {
		if err := after.Write(t.Context(), 40); err != nil {
			t.Fatal(err)
		}
	}
	entries, log := readLog(t, c)
	if err := f.Check(entries); err != nil {
		t.Error(err)
	}
	for _, w := range a.all() {
		w.AwaitCursor(t, log.End())
	}
	t.Logf("%d entries written, %d in the log", f.Written(), log.Len())
	verify(t, log, log.End(), a.all()...)
}

// TestSecondSignal stops the server while a request is not coming to its end: it is waited
// for, but not beyond the drain time, nor beyond a second signal.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	const drain = 2 * time.Second
	for _, c := range []struct {
		name  string
		drain time.Duration
		again bool
		code  int
	}{
		{"one signal", drain, false, 0},
		{"two signals", time.Hour, true, -1},
	} {
		s := server.Start(t, server.Checked, server.NewSettings(t, server.Settings{"shutdown.drain": c.drain.String()}))
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.HTTP)
		if err != nil {
			t.Fatal(err)
		}
		send(t, c.name, conn, "POST /logs HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
		receive(t, c.name, conn, 1) // it waits for the body
		began := time.Now()
		if err := s.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		s.AwaitLog(t, `"msg":"stopping"`)
		if c.again {
			// Impatiently: one in the first instant may be taken for the first.
			eventually(t, "another signal ends it", func() bool {
				_ = s.Signal(syscall.SIGTERM) // it may have ended
				return !s.Running()
			})
		}
		code, err := s.Wait()
		took := time.Since(began)
		if err != nil || code != c.code || took > drain+5*time.Second || !c.again && took < drain {
			t.Errorf("%s: the server ended with code %d after %v, %v; want %d, and the drain time is %v", c.name, code, took, err, c.code, c.drain)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestKill kills the server in the middle of its work, twice, and starts it again: what it
// has acknowledged is there, and whoever watched goes on where it was.
func TestKill(t *testing.T) {
	t.Parallel()
	s := server.Start(t, server.Checked, server.NewSettings(t, nil))
	f := feed.New()
	a := gather(t, s)
	for _, name := range []string{"first", "second"} {
		api := f.API(dial(t, s), name, 3)
		writing := writeOn(t, 50, api)
		a.awaitLoad(t)
		if code, err := s.Stop(syscall.SIGKILL); err != nil || code != -1 {
			t.Fatalf("killed: code %d, %v", code, err)
		}
		if err := writing(); status.Code(err) != codes.Unavailable {
			t.Errorf("writing ended with %v, want UNAVAILABLE", err)
		}
		s = s.Restart(t)
		a.goOn(t)
	}
	finish(t, s, f, a)
}
