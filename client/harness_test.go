package client_test

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/test/bufconn"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/streamguard"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// call is one Monitor call on a server that follows a script.
type call struct {
	t *testing.T
	grpc.BidiStreamingServer[loggerv1.LogFilter, loggerv1.LogEntry]
}

// filter receives the next filter.
func (c call) filter() *loggerv1.LogFilter {
	c.t.Helper()
	f, err := c.Recv()
	if err != nil {
		c.t.Errorf("the server received no filter: %v", err)
		return &loggerv1.LogFilter{}
	}
	return f
}

func (c call) send(messages ...*loggerv1.LogEntry) {
	c.t.Helper()
	for _, m := range messages {
		if err := c.Send(m); err != nil {
			c.t.Errorf("the server could not send: %v", err)
		}
	}
}

// hang waits until the client goes away.
func (c call) hang() error {
	<-c.Context().Done()
	return c.Context().Err()
}

// script is a server that is told, call by call, what to do: to inject faults at exact
// points, which the real one does not make.
type script struct {
	loggerv1.UnimplementedLoggerServer
	t     *testing.T
	steps []func(call) error
	next  atomic.Int32
}

func (s *script) Monitor(stream grpc.BidiStreamingServer[loggerv1.LogFilter, loggerv1.LogEntry]) error {
	i := int(s.next.Add(1)) - 1
	if i >= len(s.steps) {
		s.t.Errorf("call %d of Monitor: only %d were expected", i+1, len(s.steps))
		return nil
	}
	return s.steps[i](call{s.t, stream})
}

// quick makes reconnecting as good as immediate.
func quick() client.Option {
	return client.WithBackoff(client.Backoff{Initial: time.Microsecond, Max: time.Millisecond})
}

// serve starts a server in the process and returns a client of it. Both are guarded.
func serve(t *testing.T, server loggerv1.LoggerServer, opts ...client.Option) *client.Client {
	t.Helper()
	guard := &streamguard.Log{}
	t.Cleanup(func() { guard.Check(t) })
	const buffer = 64 << 10
	listener := bufconn.Listen(buffer)
	s := grpc.NewServer(grpc.ChainStreamInterceptor(streamguard.Server(guard.Add)))
	loggerv1.RegisterLoggerServer(s, server)
	served := make(chan error, 1)
	go func() { served <- s.Serve(listener) }()
	t.Cleanup(func() {
		s.Stop()
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	opts = append([]client.Option{
		quick(),
		client.WithDialOption(
			grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }),
			grpc.WithChainStreamInterceptor(streamguard.Client(guard.Add)),
		),
	}, opts...)
	c, err := client.Dial("passthrough:///localhost", opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return c
}

// play returns a stream to a server that follows the steps, one a call.
func play(t *testing.T, opts []client.Option, steps ...func(call) error) *client.Stream {
	t.Helper()
	server := &script{t: t, steps: steps}
	c := serve(t, server, opts...)
	t.Cleanup(func() {
		if n := int(server.next.Load()); n != len(steps) {
			t.Errorf("Monitor was called %d times, want %d", n, len(steps))
		}
	})
	stream, err := c.Monitor(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stream.Close() })
	return stream
}

func mustSend(t *testing.T, s *client.Stream, f *loggerv1.LogFilter) {
	t.Helper()
	if err := s.Send(f); err != nil {
		t.Fatalf("Send: %v", err)
	}
}

func mustRecv(t *testing.T, s *client.Stream) *loggerv1.LogEntry {
	t.Helper()
	e, err := s.Recv()
	if err != nil {
		t.Fatalf("Recv: %v", err)
	}
	return e
}

// wantEntry receives an entry with this cursor that matched the filter with this revision.
func wantEntry(t *testing.T, s *client.Stream, cursor string, revision uint32) {
	t.Helper()
	e := mustRecv(t, s)
	if e.GetNotice() != nil || e.GetCursor() != cursor || e.GetFilterRevision() != revision {
		t.Fatalf("Recv = %v, want entry %s of revision %d", e, cursor, revision)
	}
}

func entry(cursor string, revision uint32) *loggerv1.LogEntry {
	return &loggerv1.LogEntry{Cursor: cursor, Message: "entry " + cursor, FilterRevision: revision}
}

func notice(n *loggerv1.Notice) *loggerv1.LogEntry { return &loggerv1.LogEntry{Notice: n} }

func applied(revision uint32, cursor string) *loggerv1.LogEntry {
	return notice(&loggerv1.Notice{Kind: &loggerv1.Notice_Applied{
		Applied: &loggerv1.Applied{Revision: revision, Cursor: cursor},
	}})
}

func caughtUp(cursor string) *loggerv1.LogEntry {
	return notice(&loggerv1.Notice{Kind: &loggerv1.Notice_CaughtUp{
		CaughtUp: &loggerv1.CaughtUp{Revision: 1, Cursor: cursor},
	}})
}

func progress(revision uint32, cursor string, scanned, matched uint64) *loggerv1.LogEntry {
	return notice(&loggerv1.Notice{Kind: &loggerv1.Notice_Progress{
		Progress: &loggerv1.Progress{Revision: revision, Cursor: cursor, Scanned: scanned, Matched: matched},
	}})
}

func rejected(revision uint32, reason string) *loggerv1.LogEntry {
	return notice(&loggerv1.Notice{Kind: &loggerv1.Notice_Rejected{
		Rejected: &loggerv1.Rejected{Revision: revision, Reason: reason, Message: "it is wrong"},
	}})
}

func goodbye(reason loggerv1.GoodbyeReason, cursor string) *loggerv1.LogEntry {
	return notice(&loggerv1.Notice{Kind: &loggerv1.Notice_Goodbye{
		Goodbye: &loggerv1.Goodbye{Reason: reason, Cursor: cursor},
	}})
}

func gap(to string) *loggerv1.LogEntry {
	return notice(&loggerv1.Notice{Kind: &loggerv1.Notice_Gap{
		Gap: &loggerv1.Gap{ToCursor: to, Entries: 7, Reason: loggerv1.GapReason_RETENTION},
	}})
}

// wantFilter receives the next filter on the server and compares its query and beginning.
func wantFilter(c call, query string, begin *loggerv1.LogFilter) {
	c.t.Helper()
	f := c.filter()
	if f.GetQuery() != query {
		c.t.Errorf("the server received the query %q, want %q", f.GetQuery(), query)
	}
	if got, want := describeBegin(f), describeBegin(begin); got != want {
		c.t.Errorf("the filter %q begins with %s, want %s", query, got, want)
	}
}

func describeBegin(f *loggerv1.LogFilter) string {
	return (&loggerv1.LogFilter{Begin: f.GetBegin()}).String()
}

func after(cursor string) *loggerv1.LogFilter {
	return &loggerv1.LogFilter{Begin: &loggerv1.LogFilter_AfterCursor{AfterCursor: cursor}}
}

func last(n uint32) *loggerv1.LogFilter {
	return &loggerv1.LogFilter{Begin: &loggerv1.LogFilter_Last{Last: n}}
}
