package index

import (
	"cmp"
	"math/bits"
	"slices"
)

// posting says that a group is filed here, and which severities it wants, a bit each. One
// more bit says that the filter is true where the posting is found and the severity fits,
// and that there is no other posting of it: nothing else of the group has to be looked
// at. That is so for most filters, and looking costs a cache miss.
type posting struct {
	group      groupID
	severities uint32
}

const certain = 1 << 31

func (p posting) lowest() int { return bits.TrailingZeros32(p.severities) }

func (p posting) compare(q posting) int {
	return cmp.Or(p.lowest()-q.lowest(), cmp.Compare(p.group, q.group))
}

// postings are sorted by the lowest severity, so that a walk for an entry ends at the
// first group that wants more than it has.
type postings []posting

func (l postings) insert(p posting) postings {
	i, _ := slices.BinarySearchFunc(l, p, posting.compare)
	return slices.Insert(l, i, p)
}

// remove takes out what is there. The last one gives its memory back.
func (l postings) remove(p posting) postings {
	if len(l) == 1 {
		return nil
	}
	i, _ := slices.BinarySearchFunc(l, p, posting.compare)
	return slices.Delete(l, i, i+1)
}
