package hub

import (
	"slices"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// ring holds the newest entries in the batches in which they were published. The
// batches are never changed, so readers keep what they were given without a copy.
// Guarded by Hub.mu.
type ring struct {
	maxEntries, maxBytes int

	batches []ringBatch
	entries int
	bytes   int
	// floor is the position up to which entries have left the ring, or never were in it.
	floor entry.Position
}

type ringBatch struct {
	entries []*entry.Entry
	last    entry.Position
	bytes   int
}

// append takes a batch in and lets go of the oldest batches above the limits.
func (r *ring) append(entries []*entry.Entry) {
	b := ringBatch{entries: entries, last: entries[len(entries)-1].Position}
	for _, e := range entries {
		b.bytes += e.Size()
	}
	r.batches = append(r.batches, b)
	r.entries += len(entries)
	r.bytes += b.bytes

	drop := 0
	for drop < len(r.batches)-1 && (r.entries > r.maxEntries || r.bytes > r.maxBytes) {
		old := &r.batches[drop]
		r.entries -= len(old.entries)
		r.bytes -= old.bytes
		r.floor = old.last
		*old = ringBatch{}
		drop++
	}
	// The slice moves on over its array; append copies it to a new one when it gets to
	// the end, which costs as little as a circular buffer and reads more simply.
	r.batches = r.batches[drop:]
}

// covers tells whether everything behind a position is in the ring.
func (r *ring) covers(after entry.Position) bool { return after >= r.floor }

// after returns the batches with entries behind a position, the first one cut to those.
func (r *ring) after(position entry.Position) []ringBatch {
	first, _ := slices.BinarySearchFunc(r.batches, position, func(b ringBatch, p entry.Position) int {
		if b.last <= p {
			return -1
		}
		return 1
	})
	if first == len(r.batches) {
		return nil
	}
	return r.batches[first:]
}

// behind returns the entries of a batch behind a position.
func behind(entries []*entry.Entry, position entry.Position) []*entry.Entry {
	if len(entries) > 0 && entries[0].Position > position {
		return entries
	}
	i, _ := slices.BinarySearchFunc(entries, position+1, func(e *entry.Entry, p entry.Position) int {
		if e.Position < p {
			return -1
		}
		return 1
	})
	return entries[i:]
}
