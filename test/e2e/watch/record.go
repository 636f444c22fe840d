package watch

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/history"
)

// State is where a watcher stands.
type State struct {
	// Streams counts the streams that were begun; a client that reconnects by itself
	// begins another one each time.
	Streams int
	// Revision is of the filter in force on the newest stream, 0 if none is. Entries and
	// Progress count what was received under it, CaughtUp tells that its replay is over.
	Revision          uint32
	Entries, Progress int
	CaughtUp          bool
	// Sent counts the filters that were sent on the newest stream, Answered those that were
	// applied or rejected.
	Sent, Answered int
	// Cursor is the newest one that was received.
	Cursor string
	// Goodbye is set once the server has said it on the newest stream.
	Goodbye *loggerv1.Goodbye
	// End is set once the newest stream has ended.
	End *End
}

// End is how a stream ended, in the words of its transport.
type End struct {
	// Code is the gRPC code, the code of the WebSocket's close frame, or the exit code of
	// the program that watched.
	Code int
	// Reason is the text beside it.
	Reason string
	// Status is the error frame before it, as JSON. Empty if there was none.
	Status string
}

// record is what a watcher has sent and received. It is safe for concurrent use.
type record struct {
	mu      sync.Mutex
	streams []history.Stream
	state   State
	status  string // of the last error frame
	faults  []string
	changed chan struct{} // closed and replaced with every change
}

func newRecord() *record { return &record{changed: make(chan struct{})} }

func (r *record) changedLocked() {
	close(r.changed)
	r.changed = make(chan struct{})
}

// begin notes that a stream begins, with its first filter.
func (r *record) begin(first *loggerv1.LogFilter, resumed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.streams = append(r.streams, history.Stream{Sent: []*loggerv1.LogFilter{proto.CloneOf(first)}, Resumed: resumed})
	r.state = State{Streams: len(r.streams), Sent: 1, Cursor: r.state.Cursor}
	r.status = ""
	r.changedLocked()
}

// sent notes that a filter is about to be sent; nil is a frame that is none.
func (r *record) sent(f *loggerv1.LogFilter) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &r.streams[len(r.streams)-1]
	s.Sent = append(s.Sent, proto.CloneOf(f))
	r.state.Sent++
}

// received notes an entry or a notice.
func (r *record) received(m *loggerv1.LogEntry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &r.streams[len(r.streams)-1]
	s.Received = append(s.Received, m)
	switch kind := m.GetNotice().GetKind().(type) {
	case nil:
		r.state.Entries++
		r.state.Cursor = m.GetCursor()
	case *loggerv1.Notice_Applied:
		r.state.Revision, r.state.Entries, r.state.Progress, r.state.CaughtUp = kind.Applied.GetRevision(), 0, 0, false
		r.state.Answered++
		r.state.Cursor = kind.Applied.GetCursor()
	case *loggerv1.Notice_Rejected:
		r.state.Answered++
	case *loggerv1.Notice_Progress:
		r.state.Progress++
		r.state.Cursor = kind.Progress.GetCursor()
	case *loggerv1.Notice_CaughtUp:
		r.state.CaughtUp = true
		r.state.Cursor = kind.CaughtUp.GetCursor()
	case *loggerv1.Notice_Goodbye:
		r.state.Goodbye = kind.Goodbye
		r.state.Cursor = kind.Goodbye.GetCursor()
	}
	r.changedLocked()
}

// errorFrame notes the status of an error frame.
func (r *record) errorFrame(status string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

// end notes that the stream has ended.
func (r *record) end(code int, reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state.End = &End{Code: code, Reason: reason, Status: r.status}
	r.changedLocked()
}

// halfClosed notes that the client is about to close its side.
func (r *record) halfClosed() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.streams[len(r.streams)-1].HalfClosed = true
}

// grpcEnd notes that a gRPC stream has ended by itself, with this code.
func (r *record) grpcEnd(code codes.Code, reason string) {
	r.mu.Lock()
	r.streams[len(r.streams)-1].End = &code
	r.mu.Unlock()
	r.end(int(code), reason)
}

// fault notes what a client could not make sense of.
func (r *record) fault(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
	r.changedLocked()
}

// cursor returns from where the newest stream is resumed.
func (r *record) cursor() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.streams) == 0 {
		return ""
	}
	return r.streams[len(r.streams)-1].LastCursor()
}

// copy returns the streams so far. What was received is shared, and never changed.
func (r *record) copy() []history.Stream {
	r.mu.Lock()
	defer r.mu.Unlock()
	streams := make([]history.Stream, len(r.streams))
	for i, s := range r.streams {
		streams[i] = s
		streams[i].Sent, streams[i].Received = slices.Clone(s.Sent), slices.Clone(s.Received)
	}
	return streams
}

// patience is how long a test waits for what should be there in a moment: the race
// detector and a shared machine included.
const patience = 45 * time.Second

// await waits until a condition holds. It fails if it does not come to, or the client
// could not make sense of something.
func (r *record) await(is func(State) bool) (State, error) {
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		r.mu.Lock()
		state, faults, changed := r.state, slices.Clone(r.faults), r.changed
		r.mu.Unlock()
		switch {
		case len(faults) > 0:
			return state, fmt.Errorf("it could not make sense of what it was sent: %v", faults)
		case is(state):
			return state, nil
		}
		select {
		case <-changed:
		case <-timeout.C:
			return state, fmt.Errorf("not within %v", patience)
		}
	}
}
