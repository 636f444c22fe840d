package history

import (
	"slices"

	"google.golang.org/grpc/codes"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// Stream is what a client has sent and received on one stream.
type Stream struct {
	// Sent are the filters, in order: the first has revision 1. nil stands for a frame
	// that is no filter; it counts as a revision and must be rejected.
	Sent []*loggerv1.LogFilter
	// Received are the entries and notices, in order.
	Received []*loggerv1.LogEntry
	// Resumed is set where the stream goes on where the one before it ended: together
	// they must be without gap or repetition.
	Resumed bool
	// HalfClosed is set where the client has closed its side.
	HalfClosed bool
	// End is the status that the stream ended with; nil where the client ended it, or does
	// not know.
	End *codes.Code
}

// LastCursor returns the cursor up to which the client has seen everything: the one to
// resume from. Empty if there is none.
func (s *Stream) LastCursor() string {
	for _, m := range slices.Backward(s.Received) {
		if c := cursorOf(m); c != "" {
			return c
		}
	}
	return ""
}

// cursorOf returns the cursor up to which a client that has received m has seen
// everything, or "" if m says nothing about that.
func cursorOf(m *loggerv1.LogEntry) string {
	switch kind := m.GetNotice().GetKind().(type) {
	case nil:
		return m.GetCursor()
	case *loggerv1.Notice_Applied:
		return kind.Applied.GetCursor()
	case *loggerv1.Notice_CaughtUp:
		return kind.CaughtUp.GetCursor()
	case *loggerv1.Notice_Progress:
		return kind.Progress.GetCursor()
	case *loggerv1.Notice_Gap:
		return kind.Gap.GetToCursor()
	case *loggerv1.Notice_Goodbye:
		return kind.Goodbye.GetCursor()
	default:
		return ""
	}
}

// superseded tells whether a message says that a filter was overtaken, and which one.
func superseded(m *loggerv1.LogEntry) (revision uint32, ok bool) {
	r := m.GetNotice().GetRejected()
	return r.GetRevision(), r.GetReason() == "SUPERSEDED"
}
