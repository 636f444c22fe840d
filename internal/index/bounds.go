package index

import (
	"cmp"
	"slices"
)

// bounds are numbers, or times, that a field is compared with.
type bounds struct {
	// atLeast are satisfied from the first on, atMost from the last on backwards.
	atLeast, atMost sortedBounds
}

func (b *bounds) empty() bool { return len(b.atLeast)+len(b.atMost) == 0 }

// bound is one that groups are filed under.
type bound struct {
	at       int64
	postings postings
}

// sortedBounds are in ascending order.
type sortedBounds []bound

func (s sortedBounds) insert(at int64, p posting) sortedBounds {
	i, ok := s.find(at)
	if !ok {
		s = slices.Insert(s, i, bound{at: at})
	}
	s[i].postings = s[i].postings.insert(p)
	return s
}

func (s sortedBounds) remove(at int64, p posting) sortedBounds {
	i, _ := s.find(at)
	if s[i].postings = s[i].postings.remove(p); s[i].postings == nil {
		return slices.Delete(s, i, i+1)
	}
	return s
}

func (s sortedBounds) find(at int64) (int, bool) {
	return slices.BinarySearchFunc(s, at, func(b bound, at int64) int { return cmp.Compare(b.at, at) })
}
