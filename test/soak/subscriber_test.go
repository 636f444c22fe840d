package soak

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/history"
	"github.com/seed-2f16ea30/logsieve/test/socket"
)

// bidi is a Monitor stream: of the generated client, or the Go client's that heals.
type bidi interface {
	Send(f *loggerv1.LogFilter) error
	Recv() (*loggerv1.LogEntry, error)
	CloseSend() error
}

// subscriber watches, and remembers what it has sent and received. Its methods are for
// one goroutine.
type subscriber struct {
	name string
	open func(ctx context.Context) (bidi, error)
	// release closes what open opens streams on, if that is the subscriber's own.
	release func()

	stream bidi
	cancel context.CancelFunc
	done   chan struct{} // closed when the receiver has ended

	mu       sync.Mutex
	streams  []history.Stream
	cursor   string // up to here everything was received
	entries  int
	answered int // filters of the newest stream
	caughtUp bool
	goodbye  bool
	err      error // how the newest stream ended
	paused   bool
	changed  *sync.Cond
}

func newSubscriber(name string, open func(ctx context.Context) (bidi, error)) *subscriber {
	s := &subscriber{name: name, open: open, release: func() {}}
	s.changed = sync.NewCond(&s.mu)
	return s
}

// bare returns a subscriber on a connection, which is resumed by hand.
func bare(name string, conn grpc.ClientConnInterface) *subscriber {
	logger := loggerv1.NewLoggerClient(conn)
	return newSubscriber(name, func(ctx context.Context) (bidi, error) { return logger.Monitor(ctx) })
}

// healing returns a subscriber with the Go client, which comes back by itself.
func healing(t *testing.T, name, address string) *subscriber {
	t.Helper()
	c, err := client.Dial(address, client.WithBackoff(client.Backoff{Initial: 20 * time.Millisecond, Max: 200 * time.Millisecond}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	s := newSubscriber(name, func(ctx context.Context) (bidi, error) { return c.Monitor(ctx) })
	s.release = func() { _ = c.Close() }
	return s
}

// overWebSocket returns a subscriber on a WebSocket of its own, which is resumed by hand:
// with the last cursor, as a page in a browser does it.
func overWebSocket(name, address string) *subscriber {
	return newSubscriber(name, func(ctx context.Context) (bidi, error) { return socket.Dial(ctx, address, nil) })
}

// eager looks for a server that was restarted at once.
func eager() grpc.ConnectParams {
	return grpc.ConnectParams{
		Backoff:           backoff.Config{BaseDelay: 20 * time.Millisecond, Multiplier: 1.5, MaxDelay: 200 * time.Millisecond},
		MinConnectTimeout: patience, // one that is down refuses at once
	}
}

// watch begins to watch with a filter, which asks for notices.
func (s *subscriber) watch(f *loggerv1.LogFilter) error { return s.begin(f, false) }

// resume goes on behind what was received, with the newest filter or, if it is not nil,
// with another one. The last stream must have ended.
func (s *subscriber) resume(f *loggerv1.LogFilter) error {
	if f == nil {
		sent := s.streams[len(s.streams)-1].Sent
		f = sent[len(sent)-1]
	}
	f = proto.CloneOf(f)
	f.Begin = nil
	resumed := s.cursor != ""
	if resumed {
		f.Begin = &loggerv1.LogFilter_AfterCursor{AfterCursor: s.cursor}
	}
	return s.begin(f, resumed)
}

func (s *subscriber) begin(f *loggerv1.LogFilter, resumed bool) error {
	ctx, cancel := context.WithCancel(context.Background())
	stream, err := s.open(ctx)
	if err != nil {
		cancel()
		return err
	}
	f.Notices = true
	s.mu.Lock()
	s.stream, s.cancel, s.done = stream, cancel, make(chan struct{})
	s.streams = append(s.streams, history.Stream{Sent: []*loggerv1.LogFilter{f}, Resumed: resumed})
	s.answered, s.caughtUp, s.goodbye, s.err = 0, false, false, nil
	s.mu.Unlock()
	err = stream.Send(f)
	go s.receive(ctx, stream, s.done)
	if err != nil {
		s.abandon()
	}
	return err
}

// abandon forgets the newest stream, which the server has not answered.
func (s *subscriber) abandon() {
	s.cut()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.streams = s.streams[:len(s.streams)-1]
}

func (s *subscriber) receive(ctx context.Context, stream bidi, done chan struct{}) {
	defer close(done)
	for ctx.Err() == nil { // a stream that is cut still has what the transport holds
		s.mu.Lock()
		for s.paused {
			s.changed.Wait()
		}
		s.mu.Unlock()
		m, err := stream.Recv()
		s.mu.Lock()
		if err != nil {
			s.err = err
			s.changed.Broadcast()
			s.mu.Unlock()
			return
		}
		s.takeLocked(m)
		s.changed.Broadcast()
		s.mu.Unlock()
	}
}

func (s *subscriber) takeLocked(m *loggerv1.LogEntry) {
	now := &s.streams[len(s.streams)-1]
	now.Received = append(now.Received, m)
	switch kind := m.GetNotice().GetKind().(type) {
	case nil:
		s.entries++
	case *loggerv1.Notice_Applied:
		s.answered++
		s.caughtUp = false
	case *loggerv1.Notice_Rejected:
		s.answered++
	case *loggerv1.Notice_CaughtUp:
		s.caughtUp = true
	case *loggerv1.Notice_Goodbye:
		s.goodbye = kind.Goodbye != nil
	}
	if c := now.LastCursor(); c != "" {
		s.cursor = c
	}
}

// filter replaces the filter.
func (s *subscriber) filter(f *loggerv1.LogFilter) error {
	f.Notices = true
	s.mu.Lock()
	now := &s.streams[len(s.streams)-1]
	now.Sent = append(now.Sent, f)
	s.mu.Unlock()
	return s.stream.Send(f)
}

// pause stops and goes on reading.
func (s *subscriber) pause(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paused = on
	s.changed.Broadcast()
}

// halfClose closes the client's side.
func (s *subscriber) halfClose() error {
	s.mu.Lock()
	s.streams[len(s.streams)-1].HalfClosed = true
	s.mu.Unlock()
	return s.stream.CloseSend()
}

// cut ends the stream, if it has not ended, and waits for the receiver.
func (s *subscriber) cut() {
	if s.cancel == nil {
		return
	}
	s.cancel()
	s.pause(false)
	if c, ok := s.stream.(io.Closer); ok {
		_ = c.Close()
	}
	<-s.done
	s.release()
}

// ended waits until the stream has ended, and notes the status for the checker.
func (s *subscriber) ended() codes.Code {
	<-s.done
	s.cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	code := status.Code(s.err)
	if errors.Is(s.err, io.EOF) {
		code = codes.OK
	}
	s.streams[len(s.streams)-1].End = &code
	return code
}

// patience is how long a test waits for what should be there in a moment, on a machine that
// has other things to do.
const patience = 2 * time.Minute

// await waits until a condition holds; its argument is locked.
func (s *subscriber) await(what string, is func(*subscriber) bool) error {
	late := false
	timer := time.AfterFunc(patience, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		late = true
		s.changed.Broadcast()
	})
	defer timer.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for !is(s) {
		if late || s.err != nil {
			err := fmt.Errorf("%s is not %s: it has %d entries and is at %q", s.name, what, s.entries, s.cursor)
			return errors.Join(err, s.err)
		}
		s.changed.Wait()
	}
	return nil
}

// awaitCursor waits until it has received everything up to a cursor.
func (s *subscriber) awaitCursor(cursor string) error {
	return s.await("at "+cursor, func(s *subscriber) bool { return history.Compare(s.cursor, cursor) >= 0 })
}

// awaitLive waits until the newest filter is in force and what it replays has come.
func (s *subscriber) awaitLive() error {
	return s.await("live", func(s *subscriber) bool {
		return s.caughtUp && s.answered == len(s.streams[len(s.streams)-1].Sent)
	})
}

// check holds what it has seen against the log.
func (s *subscriber) check(log *history.Log, options history.Options) *history.Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	return history.Check(log, s.streams, options)
}

// filters are what people watch a shop with: from everything to nothing.
var filters = []*loggerv1.LogFilter{
	{Query: "severity>=ERROR"},
	{Query: "service=payment"},
	{Services: []string{"checkout", "inventory"}, MinSeverity: loggerv1.Severity_INFO},
	{Contains: []string{"order"}, Query: "-service=storefront"},
	{Regex: `in \d{3} ms`},
	{Query: `service=(cart OR search) AND NOT severity=DEBUG`},
	{Query: "severity>=WARN -service=storefront"},
	{Query: "nothing-that-any-entry-has"},
	{Query: `message=~"POST /" OR severity>=FATAL`},
	{Query: "shipping"},
}

// nth returns the nth filter, over and over.
func nth(n int) *loggerv1.LogFilter { return proto.CloneOf(filters[n%len(filters)]) }

// readLog returns everything that the server holds, oldest first.
func readLog(t *testing.T, address string) *history.Log {
	t.Helper()
	log, err := history.NewLog(listEntries(t, address, ""))
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// listEntries returns what the server holds behind a cursor.
func listEntries(t *testing.T, address, after string) (entries []*loggerv1.LogEntry) {
	t.Helper()
	c, err := client.Dial(address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // it was only read
	for e, err := range c.List(t.Context(), &loggerv1.ListEntriesRequest{Order: loggerv1.Order_OLDEST_FIRST, PageSize: 5_000, AfterCursor: after}) {
		if err != nil {
			t.Fatalf("reading the log: %v", err)
		}
		entries = append(entries, e)
	}
	return slices.DeleteFunc(entries, func(e *loggerv1.LogEntry) bool { return e.GetNotice() != nil })
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
