package history

import (
	"errors"
	"fmt"
)

// The kinds of a Breach, for errors.Is.
var (
	// ErrMissing: an entry that the filter selects did not come.
	ErrMissing = errors.New("missing")
	// ErrTwice: an entry came a second time, though nothing had asked for it again.
	ErrTwice = errors.New("twice")
	// ErrOrder: an entry came after one that is behind it in the log.
	ErrOrder = errors.New("out of order")
	// ErrRevision: an entry came under a filter that is not in force, or a filter came
	// into force that could not.
	ErrRevision = errors.New("wrong revision")
	// ErrNotMatching: an entry came that the filter does not select.
	ErrNotMatching = errors.New("not matching")
	// ErrChanged: an entry is not the one that the log has there.
	ErrChanged = errors.New("not as in the log")
	// ErrBegin: a filter came into force at another place than it asked for.
	ErrBegin = errors.New("wrong beginning")
	// ErrUnanswered: a filter was neither applied nor rejected.
	ErrUnanswered = errors.New("unanswered")
	// ErrGap: entries were left out, and told as a gap, where none may be; or the gap says
	// something else than what is missing.
	ErrGap = errors.New("gap")
	// ErrEnd: a stream went on after its goodbye, or ended with a status that does not go
	// with how it came to end.
	ErrEnd = errors.New("wrong end")
	// ErrLost: an entry that a writer was told is stored is not in the log.
	ErrLost = errors.New("acknowledged and lost")
	// ErrInvented: an entry is in the log that nobody has written.
	ErrInvented = errors.New("never written")
)

// Breach is one broken promise.
type Breach struct {
	// Kind is one of the errors of this package.
	Kind error
	// Stream is the index of the stream and Revision the filter in force.
	Stream   int
	Revision uint32
	// Writer is the writer whose promise was broken, empty if it is a stream's.
	Writer string
	// Detail says which entry, and what was expected.
	Detail string
}

var _ error = (*Breach)(nil)

// Error returns one line.
func (b *Breach) Error() string {
	if b.Writer != "" {
		return fmt.Sprintf("%v: writer %s: %s", b.Kind, b.Writer, b.Detail)
	}
	return fmt.Sprintf("%v: stream %d, revision %d: %s", b.Kind, b.Stream, b.Revision, b.Detail)
}

// Unwrap returns the kind.
func (b *Breach) Unwrap() error { return b.Kind }
