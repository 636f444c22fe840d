package local

import (
	"context"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// forward reads behind a position that is within the bounds and not the head.
func (r *reader) forward(ctx context.Context, after entry.Position, maxBytes int) (store.Batch, error) {
	batch := store.Batch{After: after, Through: after}
	for size := 0; size < max(maxBytes, 1) && batch.Through < r.head; {
		if err := ctx.Err(); err != nil {
			return store.Batch{}, context.Cause(ctx)
		}
		through, entries := r.blockFrom(batch.Through + 1)
		switch {
		case r.err != nil && len(batch.Entries) > 0:
			return batch, nil // The next read begins with the fault.
		case r.err != nil:
			if err := r.outage(batch.Through + 1); err != nil {
				return store.Batch{}, err
			}
			continue
		case len(entries) > 0:
			size += take(&batch, entries, batch.Through, through)
		case r.meta.explains(batch.Through, through):
		case len(batch.Entries) > 0:
			return batch, nil // The next read begins with the gap.
		default:
			return r.gap(batch.Through, through, store.Damage), nil
		}
		batch.Through = through
	}
	return batch, nil
}

// blockFrom returns the entries of the block that holds a position, and its last
// position. If there is none that can be read, it returns none, and up to where nothing
// can be read. If the disk fails, the reader has the error.
func (r *reader) blockFrom(p entry.Position) (through entry.Position, entries []entry.Entry) {
	if known, ok := r.log.damage.at(p); ok {
		r.used, r.valid = false, false
		return min(known.to, r.head), nil
	}
	r.moveTo(p)
	if first, ok := r.position(); ok && first <= p {
		h, entries, err := decodeBlock(r.it.Key(), r.it.Value())
		r.used = true
		if err == nil {
			return min(h.last(), r.head), entries
		}
		r.tell(first, err)
		r.moveTo(p + 1)
	}
	if r.err != nil {
		return 0, nil
	}
	through = r.head
	if next, ok := r.position(); ok {
		through = min(next-1, r.head)
	}
	r.remember(p, through)
	return through, nil
}

// moveTo moves the iterator to the block that holds a position, or else to the first one
// behind it that can be read.
func (r *reader) moveTo(p entry.Position) {
	if r.used {
		// Who reads on is at the end of a block.
		r.used = false
		if r.valid = r.it.Next(); !r.valid && r.damaged() {
			r.skipForward(p)
		}
		return
	}
	if first, ok := r.position(); ok && first >= p {
		return
	}
	key := blockKey(p)
	r.valid = r.it.SeekGE(key)
	if first, ok := r.position(); ok && first == p {
		return
	}
	if r.it.Error() != nil || !r.it.SeekLT(key) {
		r.walkTo(p)
		return
	}
	h, err := decodeHeader(r.it.Key(), r.it.Value())
	if r.valid = true; err != nil || h.last() < p {
		r.walkTo(p)
	}
}
