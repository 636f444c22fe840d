package client

import (
	"fmt"

	"google.golang.org/grpc/codes"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// view is what the caller has seen of a stream, so that it goes on seeing one stream
// where there are several.
type view struct {
	cursor   string // up to here everything was returned: from here it is resumed
	caughtUp uint32 // the newest revision of which caught_up was told

	// What the last progress notice said, and what has to be added to those of this link,
	// on which the server counts from 0 again.
	scanned, matched         uint64
	scannedBase, matchedBase uint64
}

// rebase goes on counting on another link.
func (v *view) rebase() { v.scannedBase, v.matchedBase = v.scanned, v.matched }

// read notes what a message says and puts the caller's numbers into it. It returns whether
// the message is for the caller.
func (s *Stream) read(l *link, m *loggerv1.LogEntry) bool {
	n := m.GetNotice()
	if n == nil {
		m.FilterRevision, _, _ = s.accept(l, m.GetFilterRevision())
		s.view.cursor = m.GetCursor()
		return true
	}
	if m.GetFilterRevision() != 0 {
		m.FilterRevision, _, _ = s.accept(l, m.GetFilterRevision())
	}
	switch kind := n.GetKind().(type) {
	case *loggerv1.Notice_Applied:
		return s.readApplied(l, kind.Applied)
	case *loggerv1.Notice_CaughtUp:
		return s.readCaughtUp(l, kind.CaughtUp)
	case *loggerv1.Notice_Progress:
		return s.readProgress(l, kind.Progress)
	case *loggerv1.Notice_Rejected:
		s.readRejected(m, kind.Rejected)
	case *loggerv1.Notice_Gap:
		s.see(kind.Gap.GetToCursor())
	case *loggerv1.Notice_Goodbye:
		return s.readGoodbye(l, kind.Goodbye)
	}
	return true
}

// accept notes that a filter is in force. It returns its revision, whether that is news,
// and whether the caller has asked for its notices.
func (s *Stream) accept(l *link, wire uint32) (revision uint32, first, notices bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	revision, first = s.standing.accept(wire)
	notices = s.standing.inForce != nil && s.standing.inForce.filter.GetNotices()
	if first || !l.answered {
		l.answered = true
		_ = s.flushLocked() // its error is the end of the stream, which receive looks for
	}
	return revision, first, notices
}

// see notes a cursor up to which there is nothing more to be returned.
func (s *Stream) see(cursor string) {
	if cursor != "" {
		s.view.cursor = cursor
	}
}

func (s *Stream) readApplied(l *link, a *loggerv1.Applied) bool {
	s.see(a.GetCursor()) // before the answer makes room for another filter
	revision, first, notices := s.accept(l, a.GetRevision())
	a.Revision = revision
	return notices && first // not the one that was only sent again
}

func (s *Stream) readCaughtUp(l *link, c *loggerv1.CaughtUp) bool {
	s.see(c.GetCursor())
	revision, _, notices := s.accept(l, c.GetRevision())
	c.Revision = revision
	again := l.resumed && !l.caughtUp && s.view.caughtUp == revision
	l.caughtUp, s.view.caughtUp = true, revision
	return notices && !again
}

func (s *Stream) readProgress(l *link, p *loggerv1.Progress) bool {
	s.see(p.GetCursor())
	revision, _, notices := s.accept(l, p.GetRevision())
	p.Revision = revision
	p.Scanned += s.view.scannedBase
	p.Matched += s.view.matchedBase
	s.view.scanned, s.view.matched = p.GetScanned(), p.GetMatched()
	return notices
}

func (s *Stream) readRejected(m *loggerv1.LogEntry, r *loggerv1.Rejected) {
	s.mu.Lock()
	defer s.mu.Unlock()
	revision := s.standing.refuse(r.GetRevision())
	if revision != r.GetRevision() {
		r.Revision = revision
		m.Message = refusal(r)
	}
	_ = s.flushLocked() // its error is the end of the stream, which receive looks for
}

func (s *Stream) readGoodbye(l *link, g *loggerv1.Goodbye) bool {
	s.see(g.GetCursor())
	l.goodbye = g
	return false
}

// refusal returns the sentence of a Rejected notice.
func refusal(r *loggerv1.Rejected) string {
	sentence := fmt.Sprintf("filter %d was refused, the one before it stays in force: %s", r.GetRevision(), r.GetMessage())
	if r.GetHint() != "" {
		sentence += " (" + r.GetHint() + ")"
	}
	return sentence
}

// superseded returns the notice of a filter that was overtaken before it was sent. It is
// the same as the server's.
func superseded(revision uint32) *loggerv1.LogEntry {
	const warn = 13 // the lowest severity number of WARN
	r := &loggerv1.Rejected{
		Revision: revision, Code: int32(codes.Aborted), Reason: "SUPERSEDED",
		Message: "a newer filter came before this one was applied",
	}
	return &loggerv1.LogEntry{
		Severity: loggerv1.Severity_WARN, SeverityNumber: warn, Service: "logsieve", Message: refusal(r),
		Notice: &loggerv1.Notice{Kind: &loggerv1.Notice_Rejected{Rejected: r}},
	}
}
