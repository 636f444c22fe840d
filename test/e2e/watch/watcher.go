package watch

import (
	"testing"

	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/history"
)

// Watcher is a client that watches a log. Its methods are for one goroutine.
type Watcher struct {
	// Name says which client it is.
	Name string

	record *record
	open   open
	conn   conn
}

// open connects a client, which keeps what it receives in the record, and sends the first
// filter.
type open func(tb testing.TB, r *record, first *loggerv1.LogFilter) conn

// conn is the connection of a client. It ends with the test at the latest.
type conn interface {
	// close ends the stream and waits until nothing more will be received.
	close() error
}

// What a conn may be able to do beside that.
type (
	filterer interface {
		send(f *loggerv1.LogFilter) error
	}
	halfCloser interface{ halfClose() error }
	rawSender  interface{ raw(text string) error }
	staller    interface{ stall() (release func()) }
)

func start(tb testing.TB, name string, first *loggerv1.LogFilter, open open) *Watcher {
	tb.Helper()
	w := &Watcher{Name: name, record: newRecord(), open: open}
	w.record.begin(first, false)
	w.conn = open(tb, w.record, first)
	return w
}

// Resume watches on with a new stream, from where the last one ended, if need be by
// ending it: what a client that does not reconnect by itself does by hand.
func (w *Watcher) Resume(tb testing.TB) {
	tb.Helper()
	w.Close(tb)
	streams := w.Streams()
	sent := streams[len(streams)-1].Sent
	first := resumption(sent[len(sent)-1], w.record.cursor())
	w.record.begin(first, true)
	w.conn = w.open(tb, w.record, first)
}

// resumption returns a filter that goes on with another one behind a cursor.
func resumption(f *loggerv1.LogFilter, cursor string) *loggerv1.LogFilter {
	f = proto.CloneOf(f)
	f.Begin = nil
	if cursor != "" {
		f.Begin = &loggerv1.LogFilter_AfterCursor{AfterCursor: cursor}
	}
	return f
}

// CanFilter tells whether the filter can be replaced on the running stream.
func (w *Watcher) CanFilter() bool {
	_, ok := w.conn.(filterer)
	return ok
}

// Filter sends a filter. The transport must be able to: see CanFilter.
func (w *Watcher) Filter(tb testing.TB, f *loggerv1.LogFilter) {
	tb.Helper()
	w.record.sent(f)
	w.did(tb, "send a filter", w.conn.(filterer).send(f))
}

// Raw sends a text in the place of a filter, which the server must refuse. Only a
// WebSocket can.
func (w *Watcher) Raw(tb testing.TB, text string) {
	tb.Helper()
	w.record.sent(nil)
	w.did(tb, "send a frame", w.conn.(rawSender).raw(text))
}

// Stall makes the client stop reading until release is called. Only the Go client can.
func (w *Watcher) Stall(tb testing.TB) (release func()) {
	tb.Helper()
	release = w.conn.(staller).stall()
	tb.Cleanup(release)
	return release
}

// HalfClose says that no more filters will come. Only a gRPC client can.
func (w *Watcher) HalfClose(tb testing.TB) {
	tb.Helper()
	w.record.halfClosed()
	w.did(tb, "close its side", w.conn.(halfCloser).halfClose())
}

// Close ends the watching.
func (w *Watcher) Close(tb testing.TB) {
	tb.Helper()
	w.did(tb, "end", w.conn.close())
}

func (w *Watcher) did(tb testing.TB, what string, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatalf("%s cannot %s: %v", w.Name, what, err)
	}
}

// Await waits until a condition holds and returns the state in which it does. The test
// fails if that takes too long. what completes the sentence "it is not …".
func (w *Watcher) Await(tb testing.TB, what string, is func(State) bool) State {
	tb.Helper()
	state, err := w.record.await(is)
	if err != nil {
		tb.Fatalf("%s is not %s: %v; it is at %+v, ended with %+v", w.Name, what, err, state, state.End)
	}
	return state
}

// AwaitCursor waits until the watcher has come to a cursor.
func (w *Watcher) AwaitCursor(tb testing.TB, cursor string) {
	tb.Helper()
	w.Await(tb, "at "+cursor, func(s State) bool { return history.Compare(s.Cursor, cursor) >= 0 })
}

// AwaitEnd waits until the stream has ended.
func (w *Watcher) AwaitEnd(tb testing.TB) End {
	tb.Helper()
	return *w.Await(tb, "at its end", func(s State) bool { return s.End != nil }).End
}

// State returns where it stands.
func (w *Watcher) State() State {
	w.record.mu.Lock()
	defer w.record.mu.Unlock()
	return w.record.state
}

// Streams returns what was sent and received so far.
func (w *Watcher) Streams() []history.Stream { return w.record.copy() }
