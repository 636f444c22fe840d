package local

import "github.com/seed-2f16ea30/logsieve/internal/entry"

// tell writes the damage of a block to the log of the program. Readers are told by a
// gap.
func (r *reader) tell(first entry.Position, err error) {
	r.log.logger.Warn("a block of the store cannot be read", "position", uint64(first), "error", err)
}

// unreadable returns up to where nothing can be read behind a position: up to the block
// on which the iterator stands, to which it is moved if it stopped at an error. If there
// is none, up to the head.
func (r *reader) unreadable(after entry.Position) entry.Position {
	if !r.valid {
		if err := r.it.Error(); err != nil {
			r.tell(after+1, err)
			r.skipForward(after + 1)
		}
	}
	if first, ok := r.position(); ok {
		return min(first-1, r.head)
	}
	return r.head
}

// skipForward moves the iterator, for which a position cannot be read, to the first
// block at or behind it that can.
//
// Pebble does not say how much of a table it cannot read. So it is asked for one
// position after the other, for as many as may be in a block; beyond that the whole
// table must be damaged, and its end is found by ever larger steps and then by halves.
// Should there be readable blocks between two damaged tables, they may be passed over,
// as part of the gap that is told.
func (r *reader) skipForward(p entry.Position) {
	for range maxBlockEntries + 1 {
		if p > r.head || r.readableFrom(p) {
			return
		}
		p++
	}
	bad, step := p, entry.Position(1)
	for ; bad+step <= r.head && !r.readableFrom(bad+step); step *= 2 {
		bad += step
	}
	good := min(bad+step, r.head+1)
	for bad+1 < good {
		if mid := bad + (good-bad)/2; r.readableFrom(mid) {
			good = mid
		} else {
			bad = mid
		}
	}
	r.valid = good <= r.head && r.readableFrom(good) && r.valid
}

// readableFrom tells whether the iterator can be moved to the first block at a position
// or behind it, or to the end if there is none.
func (r *reader) readableFrom(p entry.Position) bool {
	r.valid = r.it.SeekGE(blockKey(p))
	return r.valid || r.it.Error() == nil
}

// skipBackward is the like of skipForward in the other direction: it moves to the last
// block before a position that can be read.
func (r *reader) skipBackward(p entry.Position) {
	floor := r.meta.Floor
	for range maxBlockEntries + 1 {
		if p <= floor || r.readableBefore(p) {
			return
		}
		p--
	}
	bad, step := p, entry.Position(1)
	for ; bad > floor+step && !r.readableBefore(bad-step); step *= 2 {
		bad -= step
	}
	good := floor
	if bad > floor+step {
		good = bad - step
	}
	for good+1 < bad {
		if mid := good + (bad-good)/2; r.readableBefore(mid) {
			good = mid
		} else {
			bad = mid
		}
	}
	r.valid = good > floor && r.readableBefore(good) && r.valid
}

// readableBefore tells whether the iterator can be moved to the last block at or before
// a position, or to the beginning if there is none.
func (r *reader) readableBefore(p entry.Position) bool {
	r.valid = r.it.SeekLT(blockKey(p + 1))
	return r.valid || r.it.Error() == nil
}
