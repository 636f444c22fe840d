package local

import (
	"context"
	"math"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// PositionAt returns the last position that was taken in before a time: reading behind
// it gives everything that was taken in at that time or later. Times before the first
// entry give the floor, times after the last one the head. It reads the headers of
// about 30 blocks, and fails as [Log.Read] does.
func (l *Log) PositionAt(ctx context.Context, t time.Time) (entry.Position, error) {
	r, err := l.newReader(ctx)
	if err != nil {
		return 0, err
	}
	defer r.close()
	// Commit times never fall, so that the blocks can be halved again and again: those
	// from good on are not from before t, those at bad and before it are.
	limit := unixNanos(t)
	bad, good := r.meta.Floor, r.head+1
	for bad+1 < good {
		if err := ctx.Err(); err != nil {
			return 0, context.Cause(ctx)
		}
		mid := bad + (good-bad)/2
		h, ok := r.headerFrom(mid)
		if r.err != nil {
			if err := r.outage(mid); err != nil {
				return 0, err
			}
			continue
		}
		if ok && h.committed < limit {
			// Not mid: the blocks up to the one that was found are from before t, too.
			bad = max(mid, min(h.last(), r.head))
		} else {
			good = mid
		}
	}
	return bad, nil
}

// headerFrom returns the header of the first block at a position or behind it that can
// be read, and whether there is one up to the head.
func (r *reader) headerFrom(p entry.Position) (header, bool) {
	if known, ok := r.log.damage.at(p); ok {
		p = known.to + 1
	}
	var h header
	r.walk(p, func(entry.Position) bool {
		var err error
		h, err = decodeHeader(r.it.Key(), r.it.Value())
		return err == nil
	})
	return h, r.valid && h.first <= r.head
}

// unixNanos returns a time as an entry has it, and the nearest that it can have for
// those outside the years 1678 to 2262.
func unixNanos(t time.Time) int64 {
	switch {
	case t.Before(time.Unix(0, math.MinInt64)):
		return math.MinInt64
	case t.After(time.Unix(0, math.MaxInt64)):
		return math.MaxInt64
	}
	return t.UnixNano()
}
