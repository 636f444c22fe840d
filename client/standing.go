package client

import (
	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// maxWaiting is how many filters may be on the wire without an answer. Further ones are
// held back, the newest overtaking the others, until an answer comes: a caller that sends
// filters without ever receiving costs a bounded amount of memory. People type ten a
// second, and an answer takes a round trip.
const maxWaiting = 16

// numbered is a filter with the number that the caller knows it by and, once it was sent,
// its number on the gRPC stream that it was sent on.
type numbered struct {
	revision, wire uint32
	filter         *loggerv1.LogFilter
}

// span is a range of revisions, both ends included.
type span struct{ from, to uint32 }

// standing is what a stream must know of its filters to go on after a fault: which one is
// in force, which ones have not been answered, and which one is still to be sent. The
// server numbers filters anew on every gRPC stream; standing knows which is which.
//
// It does no I/O. Its owner's lock guards it.
type standing struct {
	revision  uint32     // of the newest filter
	inForce   *numbered  // the newest that was answered and not refused
	waiting   []numbered // sent and not answered, oldest first, at most maxWaiting
	held      *numbered  // the newest, if it has not been sent
	overtaken []span     // not to be sent any more, and not told yet
}

// add takes a new filter, which overtakes one that was not sent yet.
func (s *standing) add(f *loggerv1.LogFilter) {
	s.revision++
	n := numbered{revision: s.revision, filter: f}
	if s.held != nil {
		s.overtake(*s.held, &n)
	}
	s.held = &n
}

// overtake notes that a filter will not be sent. Where it says where to begin and the one
// behind it does not, that one begins there, as on the server. Neighbours are kept as one span: there
// are never more spans than filters that were sent between them.
func (s *standing) overtake(old numbered, newer *numbered) {
	if begin := old.filter.GetBegin(); begin != nil && newer.filter.GetBegin() == nil {
		newer.filter = proto.CloneOf(newer.filter) // it may be on its way on a lost link
		newer.filter.Begin = begin
	}
	revision := old.revision
	if n := len(s.overtaken); n > 0 && s.overtaken[n-1].to+1 == revision {
		s.overtaken[n-1].to = revision
		return
	}
	s.overtaken = append(s.overtaken, span{revision, revision})
}

// take returns the next filter to send as number wire, or nil if none is due.
func (s *standing) take(wire uint32) *loggerv1.LogFilter {
	if s.held == nil || len(s.waiting) >= maxWaiting {
		return nil
	}
	n := *s.held
	s.held, n.wire = nil, wire
	s.waiting = append(s.waiting, n)
	return n.filter
}

// accept notes that filter number wire is in force, and returns its revision; first is
// true if that was not known yet. Older ones without an answer will not get one.
func (s *standing) accept(wire uint32) (revision uint32, first bool) {
	if s.inForce != nil && s.inForce.wire == wire {
		return s.inForce.revision, false
	}
	for i := range s.waiting {
		if s.waiting[i].wire == wire {
			n := s.waiting[i]
			s.inForce = &n
			s.waiting = append(s.waiting[:0], s.waiting[i+1:]...)
			return n.revision, true
		}
	}
	return wire, false // a number that we never gave
}

// refuse notes that filter number wire was refused, and returns its revision.
func (s *standing) refuse(wire uint32) uint32 {
	for i := range s.waiting {
		if s.waiting[i].wire == wire {
			revision := s.waiting[i].revision
			s.waiting = append(s.waiting[:i], s.waiting[i+1:]...)
			return revision
		}
	}
	return wire
}

// resume prepares for a new gRPC stream and returns the filter that must be its first, or
// nil if there is none yet.
//
// That is the one in force, with cursor as its beginning; or, where none has been
// answered, the very first, as it was. It may not be a newer one: should that be wrong, the
// stream would end, where it should have been refused and the one before it stayed in
// force. The newest is held until the first one is answered.
func (s *standing) resume(cursor string) *loggerv1.LogFilter {
	pending := s.waiting
	s.waiting = nil
	if s.held != nil {
		pending = append(pending, *s.held)
		s.held = nil
	}
	var first *loggerv1.LogFilter
	switch {
	case s.inForce != nil:
		s.inForce.wire = 1
		first = s.inForce.filter
		if cursor != "" {
			first = proto.CloneOf(first)
			first.Begin = &loggerv1.LogFilter_AfterCursor{AfterCursor: cursor}
		}
	case len(pending) > 0:
		pending[0].wire = 1
		s.waiting = append(s.waiting, pending[0])
		first, pending = pending[0].filter, pending[1:]
	}
	for i := range pending {
		if i < len(pending)-1 {
			s.overtake(pending[i], &pending[i+1])
			continue
		}
		n := pending[i]
		s.held = &n
	}
	return first
}

// told returns a revision that was overtaken and forgets it, or 0 if there is none.
func (s *standing) told() uint32 {
	if len(s.overtaken) == 0 {
		return 0
	}
	first := &s.overtaken[0]
	revision := first.from
	if first.from++; first.from > first.to {
		s.overtaken = s.overtaken[1:]
	}
	return revision
}
