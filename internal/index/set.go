package index

import (
	"iter"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// Set holds subscribers of type S by their filters. The zero value is empty and ready.
// It must not be copied once in use, and is not safe for concurrent use.
type Set[S any] struct {
	engine engine
	// members are those of each group, by its id.
	members []members[S]
	// undecided is about the last entry: see Undecided.
	undecided int
}

// Member is the place of a subscriber in a Set.
type Member struct {
	group groupID
	at    uint32
}

// members are the subscribers of one group. places[i] is the place of subscribers[i],
// kept apart so that a match walks nothing else.
type members[S any] struct {
	subscribers []S
	places      []*Member
}

// Add puts a subscriber under a filter, and returns its place, for [Set.Remove]. A
// subscriber may have several places. The first of several equal filters is kept for as
// long as one of them is in use.
func (s *Set[S]) Add(m *filter.Matcher, subscriber S) *Member {
	id := s.engine.join(m)
	if int(id) == len(s.members) {
		s.members = append(s.members, members[S]{})
	}
	g := &s.members[id]
	place := &Member{group: id, at: uint32(len(g.places))} //nolint:gosec // G115: memory ends first.
	g.subscribers = append(g.subscribers, subscriber)
	g.places = append(g.places, place)
	return place
}

// Remove takes a subscriber away from the place that Add returned. It does nothing if
// that was done before.
func (s *Set[S]) Remove(place *Member) {
	id := place.group
	if id == noGroup {
		return
	}
	g := &s.members[id]
	last := len(g.places) - 1
	g.places[last].at = place.at
	g.subscribers = swapOut(g.subscribers, int(place.at))
	g.places = swapOut(g.places, int(place.at))
	place.group = noGroup
	if last == 0 {
		s.members[id] = members[S]{} // a group that was large must not leave its room to a small one
		s.engine.leave(id)
	}
}

// Allow bounds the work of regular expressions: see [filter.Work]. What is left of it is in
// the allowance, which the caller may change between two entries. nil is no limit, and what
// a Set begins with.
func (s *Set[S]) Allow(work *filter.Allowance) { s.engine.allowed = work }

// AppendMatches appends to dst the subscribers whose filters select the entry, in no
// particular order, each as often as it was added. Where the work that is allowed is not
// enough, those whose filters may select it follow: see [Set.Undecided].
func (s *Set[S]) AppendMatches(dst []S, e *entry.Entry) []S {
	s.undecided = 0
	for _, id := range s.engine.match(e) {
		dst = append(dst, s.members[id].subscribers...)
	}
	for _, id := range s.engine.undecided {
		dst = append(dst, s.members[id].subscribers...)
		s.undecided += len(s.members[id].subscribers)
	}
	return dst
}

// Undecided returns how many of the subscribers that [Set.AppendMatches] appended last may
// not match: the last ones, whose filters ask for an expression that was not run.
func (s *Set[S]) Undecided() int { return s.undecided }

// All returns the subscribers, in no particular order, each as often as it was added.
func (s *Set[S]) All() iter.Seq[S] {
	return func(yield func(S) bool) {
		for i := range s.members {
			for _, subscriber := range s.members[i].subscribers {
				if !yield(subscriber) {
					return
				}
			}
		}
	}
}

// Len returns the number of different filters.
func (s *Set[S]) Len() int { return len(s.engine.live) }

// Stats returns what has been done since the Set was made.
func (s *Set[S]) Stats() Stats { return s.engine.stats }

// swapOut removes element i, without keeping the order.
func swapOut[T any](s []T, i int) []T {
	last := len(s) - 1
	s[i] = s[last]
	clear(s[last:])
	return s[:last]
}
