package index

import "github.com/seed-2f16ea30/logsieve/internal/filter"

// groupID is the place of a group in the engine. Ids are used again.
type groupID uint32

// noGroup is the id of none.
const noGroup = ^groupID(0)

// group is one filter, by its canonical text.
type group struct {
	// rest is what must still be true where the anchor and the severity hold.
	rest program
	// seen is the epoch of the entry for which the group was last a candidate: it may be
	// filed under several atoms that hold.
	seen uint32
	// severities that the group wants, as in its postings.
	severities uint32
	// misses counts when it was a candidate and did not match, since it was last filed or
	// found to be filed well; tries counts those times.
	misses uint32
	tries  uint8
	// order is the group's place in engine.live.
	order   uint32
	matcher *filter.Matcher
	// places are where the group is filed; none means among those with no anchor.
	places []place
}
