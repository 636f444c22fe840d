package local

import (
	"context"
	"slices"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// backward reads up to and including a position that is within the bounds and not the
// floor.
func (r *reader) backward(ctx context.Context, through entry.Position, maxBytes int) (store.Batch, error) {
	var blocks [][]entry.Entry
	after := through // what is behind it has been read
	for size := 0; size < max(maxBytes, 1) && after > r.meta.Floor; {
		if err := ctx.Err(); err != nil {
			return store.Batch{}, context.Cause(ctx)
		}
		from, entries := r.blockUpTo(after)
		switch {
		case r.err != nil && len(blocks) > 0:
			return joinBlocks(blocks, after, through), nil
		case r.err != nil:
			if err := r.outage(after); err != nil {
				return store.Batch{}, err
			}
			continue
		case len(entries) > 0:
			blocks = append(blocks, entries)
			for i := range entries {
				size += entries[i].Size()
			}
		case r.meta.explains(from, after):
		case len(blocks) > 0:
			return joinBlocks(blocks, after, through), nil
		default:
			return r.gap(from, after, store.Damage), nil
		}
		after = from
	}
	return joinBlocks(blocks, after, through), nil
}

// blockUpTo returns the entries up to a position of the block that holds it, and the
// position before them. If there is none that can be read, it returns none, and the
// position behind which nothing can be read. If the disk fails, the reader has the error.
func (r *reader) blockUpTo(p entry.Position) (after entry.Position, entries []entry.Entry) {
	if known, ok := r.log.damage.at(p); ok {
		r.used, r.valid = false, false
		return max(known.from-1, r.meta.Floor), nil
	}
	if r.moveBackTo(p); r.err != nil {
		return 0, nil
	}
	after = r.meta.Floor
	if first, ok := r.position(); ok && first > r.meta.Floor {
		h, entries, err := decodeBlock(r.it.Key(), r.it.Value())
		switch {
		case err != nil:
			r.tell(first, err)
			r.used = true
			after = first - 1
		case h.last() < p:
			after = h.last()
		default:
			r.used = true
			return first - 1, entries[:p-first+1]
		}
	}
	r.remember(after+1, p)
	return after, nil
}

// moveBackTo moves the iterator to the last block at or before a position that can be
// read.
func (r *reader) moveBackTo(p entry.Position) {
	switch {
	case r.used:
		r.used = false
		r.valid = r.it.Prev()
	case r.valid:
		return // It is the block before a gap that was just dealt with.
	default:
		r.valid = r.it.SeekLT(blockKey(p + 1))
	}
	if !r.valid && r.it.Error() != nil {
		// It may be that of the block behind, which Pebble reads on its way.
		r.walkBackTo(p)
	}
}

// joinBlocks returns the batch of blocks that were read backward.
func joinBlocks(blocks [][]entry.Entry, after, through entry.Position) store.Batch {
	batch := store.Batch{After: after, Through: through}
	for _, entries := range slices.Backward(blocks) {
		take(&batch, entries, after, through)
	}
	return batch
}
