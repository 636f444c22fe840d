package local

import (
	"cmp"
	"slices"
	"sync"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// damage remembers which stretches could not be read. Pebble takes up to half a second
// to find a block of ours damaged, since it tries each bit for the one that is wrong, and
// it does not say how far the damage goes, so that several attempts are needed.
type damage struct {
	mu    sync.RWMutex
	known []stretch // in order, none overlaps another
}

// stretch is a stretch of positions, from and to included.
type stretch struct{ from, to entry.Position }

// maxDamage bounds what is remembered. Beyond it, reading is slow, not wrong.
const maxDamage = 4096

// at returns the stretch that holds a position, and whether there is one.
func (d *damage) at(p entry.Position) (stretch, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	i, _ := slices.BinarySearchFunc(d.known, p, func(s stretch, p entry.Position) int { return cmp.Compare(s.to, p) })
	if i == len(d.known) || d.known[i].from > p {
		return stretch{}, false
	}
	return d.known[i], true
}

// forget makes readers look again.
func (d *damage) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.known = nil
}

// add remembers a stretch, unless it overlaps one that is known.
func (d *damage) add(s stretch) {
	d.mu.Lock()
	defer d.mu.Unlock()
	i, _ := slices.BinarySearchFunc(d.known, s.from, func(s stretch, p entry.Position) int { return cmp.Compare(s.to, p) })
	if len(d.known) < maxDamage && (i == len(d.known) || d.known[i].from > s.to) {
		d.known = slices.Insert(d.known, i, s)
	}
}

// remember notes that a stretch cannot be read, unless nothing is missing there. What the
// disk did not give is asked for again each time.
func (r *reader) remember(from, to entry.Position) {
	if !r.lenient && !r.meta.explains(from-1, to) {
		r.log.damage.add(stretch{from, to})
		r.log.logger.Warn("entries of the store cannot be read", "from", uint64(from), "to", uint64(to))
	}
}

// tell writes the damage of a block to the log of the program. Readers are told by a
// gap.
func (r *reader) tell(first entry.Position, err error) {
	r.log.logger.Warn("a block of the store is damaged", "position", uint64(first), "error", err)
}

// skipForward moves the iterator to the first block that can be read behind a position
// that cannot. Pebble's blocks mostly hold one of ours, so that the next position is in
// the next block. Otherwise it is moved ahead by more than a block of ours can hold, and
// ever more, and then back by halves to where the damage ends. Should there be other
// damage in between, what is between the two may pass for damaged, too.
func (r *reader) skipForward(p entry.Position) {
	bad, good := p, p+1
	for step := entry.Position(maxBlockEntries); !r.seekable(good); step *= 2 {
		if bad = good; step > r.head-min(bad, r.head) {
			r.valid = false
			return
		}
		good = bad + step
	}
	for bad+1 < good {
		if mid := bad + (good-bad)/2; r.seekable(mid) {
			good = mid
		} else {
			bad = mid
		}
	}
	r.valid = r.it.SeekGE(blockKey(good))
}

// seekable tells whether the iterator can be moved to the first block at a position or
// behind it, or to the end if there is none. Where the disk fails it is at the end, too.
func (r *reader) seekable(p entry.Position) bool {
	r.valid = r.it.SeekGE(blockKey(p))
	return r.valid || !r.damaged()
}

// walkTo moves the iterator to the block that holds a position, or else to the first one
// behind it that can be read. Unlike Pebble's way to get there, this one does not read the
// block behind, which may be damaged.
func (r *reader) walkTo(p entry.Position) {
	r.walk(p-min(p-1, maxBlockEntries-1), func(first entry.Position) bool {
		h, err := decodeHeader(r.it.Key(), r.it.Value())
		return first > p || err == nil && h.last() >= p
	})
}

// walkBackTo moves the iterator to the last block at or before a position that can be
// read.
func (r *reader) walkBackTo(p entry.Position) {
	for step := entry.Position(maxBlockEntries); ; step *= 2 {
		start := max(p, step) - step + 1
		var last entry.Position
		r.walk(start, func(first entry.Position) bool {
			if first > p {
				return true
			}
			last = first
			h, err := decodeHeader(r.it.Key(), r.it.Value())
			return err == nil && h.last() >= p
		})
		if r.err != nil {
			return
		}
		if last > 0 || start <= r.meta.Floor+1 {
			r.valid = last > 0 && r.it.SeekGE(blockKey(last))
			return
		}
	}
}

// walk moves the iterator from the first block at a position on, from one that can be
// read to the next, until found says so or none is left.
func (r *reader) walk(from entry.Position, found func(first entry.Position) bool) {
	if !r.seekable(from) {
		r.skipForward(from)
	}
	for r.valid {
		first, _ := r.position()
		if found(first) {
			return
		}
		next := first + 1
		if h, err := decodeHeader(r.it.Key(), r.it.Value()); err == nil {
			next = h.last() + 1
		}
		if r.valid = r.it.Next(); !r.valid && r.damaged() {
			r.skipForward(next)
		}
	}
}
