package history

import (
	"errors"
	"fmt"

	"google.golang.org/grpc/codes"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// Result is what a check found.
type Result struct {
	// Entries counts the entries received, Applied the filters that came into force,
	// Superseded those that were overtaken and Refused those that were wrong, Gaps the
	// gaps that were told.
	Entries, Applied, Superseded, Refused, Gaps int
	// Breaches are in the order in which they were noticed.
	Breaches []*Breach
}

// maxTold bounds how many breaches Err tells: the first ones are the cause.
const maxTold = 10

// Err returns the first breaches as one error, or nil if there is none.
func (r *Result) Err() error {
	var errs []error
	for i, b := range r.Breaches {
		if i == maxTold {
			errs = append(errs, fmt.Errorf("and %d more", len(r.Breaches)-maxTold))
			break
		}
		errs = append(errs, b)
	}
	return errors.Join(errs...)
}

// Options say what a check demands.
type Options struct {
	// Until is a cursor: the last stream must have come to it, and every filter on it must
	// have been answered. Empty: nothing is demanded of what came after the last message,
	// as where the stream was cut off.
	Until string
	// Gaps allows gaps. What lies in them is not missed.
	Gaps bool
}

// Check plays what a client has sent and received against the log, which must hold
// everything that was there at the time.
func Check(log *Log, streams []Stream, options Options) *Result {
	p := &player{log: log, options: options, owed: map[int]bool{}, delivered: map[int]bool{}}
	for i := range streams {
		p.begin(i, &streams[i])
		for _, m := range streams[i].Received {
			p.receive(m)
		}
		p.checkEnd()
	}
	p.end()
	return &p.result
}

func (p *player) receive(m *loggerv1.LogEntry) {
	if p.goodbye {
		p.breach(ErrEnd, "a message came after the goodbye: %v", m)
	}
	switch kind := m.GetNotice().GetKind().(type) {
	case nil:
		p.entry(m)
	case *loggerv1.Notice_Applied:
		p.applied(kind.Applied)
	case *loggerv1.Notice_Rejected:
		p.rejected(kind.Rejected)
	case *loggerv1.Notice_CaughtUp:
		p.caughtUp(kind.CaughtUp)
	case *loggerv1.Notice_Progress:
		p.inForce(kind.Progress.GetRevision())
		p.owe(kind.Progress.GetCursor())
	case *loggerv1.Notice_Gap:
		p.gap(kind.Gap)
	case *loggerv1.Notice_Goodbye:
		p.goodbye = true
		p.owe(kind.Goodbye.GetCursor())
	}
}

// checkEnd checks the status that a stream ended with.
func (p *player) checkEnd() {
	if p.stream.End == nil {
		return
	}
	switch code := *p.stream.End; {
	case p.goodbye && code != codes.Unavailable:
		p.breach(ErrEnd, "after its goodbye the stream ended with %v, not with %v", code, codes.Unavailable)
	case p.stream.HalfClosed && !p.goodbye && code != codes.OK:
		p.breach(ErrEnd, "after the client had closed its side the stream ended with %v", code)
	case !p.stream.HalfClosed && code == codes.OK:
		p.breach(ErrEnd, "the stream ended with %v, though the client had not closed its side", code)
	}
}

// end checks what must hold once nothing more will come.
func (p *player) end() {
	if p.stream == nil || p.options.Until == "" {
		p.settle()
		return
	}
	p.owe(p.options.Until)
	for i := range p.stream.Sent {
		if revision := uint32(i) + 1; !p.answered[revision] {
			p.breach(ErrUnanswered, "filter %d was neither applied nor rejected", revision)
		}
	}
}
