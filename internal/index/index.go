// Package index matches an entry against many standing filters at once.
//
// Subscribers whose filters have the same canonical form share one group, whose filter
// is evaluated once an entry.
package index

import (
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// Set holds subscribers of type S by their filters. The zero value is empty and ready.
// It is not safe for concurrent use: its owner's lock guards it, so that a change takes
// effect between two entries and nowhere else.
type Set[S comparable] struct {
	groups []*group[S]
	// byFilter finds the place of a group in groups by its filter's canonical form.
	byFilter map[string]int
}

type group[S comparable] struct {
	matcher     *filter.Matcher
	subscribers []S
}

// Add puts a subscriber under a filter. One that is there already is there twice.
func (s *Set[S]) Add(m *filter.Matcher, subscriber S) {
	key := m.Canonical()
	if i, ok := s.byFilter[key]; ok {
		s.groups[i].subscribers = append(s.groups[i].subscribers, subscriber)
		return
	}
	if s.byFilter == nil {
		s.byFilter = make(map[string]int)
	}
	s.byFilter[key] = len(s.groups)
	s.groups = append(s.groups, &group[S]{matcher: m, subscribers: []S{subscriber}})
}

// Remove takes a subscriber away from under a filter. It does nothing if it is not there.
func (s *Set[S]) Remove(m *filter.Matcher, subscriber S) {
	key := m.Canonical()
	place, ok := s.byFilter[key]
	if !ok {
		return
	}
	g := s.groups[place]
	for i, other := range g.subscribers {
		if other == subscriber {
			g.subscribers = swapOut(g.subscribers, i)
			break
		}
	}
	if len(g.subscribers) > 0 {
		return
	}
	delete(s.byFilter, key)
	s.groups = swapOut(s.groups, place)
	if place < len(s.groups) {
		s.byFilter[s.groups[place].matcher.Canonical()] = place
	}
}

// AppendMatches appends to dst the subscribers whose filters match the entry.
func (s *Set[S]) AppendMatches(dst []S, e *entry.Entry) []S {
	for _, g := range s.groups {
		if g.matcher.Match(e) {
			dst = append(dst, g.subscribers...)
		}
	}
	return dst
}

// Len returns the number of different filters.
func (s *Set[S]) Len() int { return len(s.groups) }

// swapOut removes element i, without keeping the order.
func swapOut[T any](s []T, i int) []T {
	last := len(s) - 1
	s[i] = s[last]
	clear(s[last:])
	return s[:last]
}
