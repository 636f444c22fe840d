package local

import (
	"context"
	"fmt"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// Read returns what follows a position: as many whole blocks as make up about maxBytes
// of entries as [entry.Entry.Size] counts them, and at least one. See [store.Batch] for
// the end of the log and for gaps. It reads files in the caller's goroutine; it fails
// with store.ErrClosed and with ctx's cause.
func (l *Log) Read(ctx context.Context, after entry.Position, maxBytes int) (store.Batch, error) {
	r, err := l.newReader(ctx)
	if err != nil {
		return store.Batch{}, err
	}
	defer r.close()
	switch {
	case after < r.meta.Floor:
		return r.gap(after, r.meta.Floor, store.Retention), nil
	case after >= r.head:
		return store.Batch{After: after, Through: after}, nil
	}
	return r.forward(ctx, after, maxBytes)
}

// ReadBackward returns the stretch of the log that ends just before a position, in
// ascending order; 0 stands for behind the last entry. It is the like of [Log.Read]
// otherwise. What was removed is no gap for who reads backward: the log begins there,
// and After is equal to Through.
func (l *Log) ReadBackward(ctx context.Context, before entry.Position, maxBytes int) (store.Batch, error) {
	r, err := l.newReader(ctx)
	if err != nil {
		return store.Batch{}, err
	}
	defer r.close()
	if before == 0 || before > r.head {
		before = r.head + 1
	}
	through := before - 1
	if through <= r.meta.Floor {
		return store.Batch{After: through, Through: through}, nil
	}
	return r.backward(ctx, through, maxBytes)
}

// reader is one look at the log: what is behind the floor, up to and including the head,
// is in the iterator, whatever is appended or removed in the meantime.
type reader struct {
	log  *Log
	it   *pebble.Iterator
	meta *meta
	head entry.Position
	// valid is whether the iterator stands on a block. If not, it is at the end that it
	// was moved to: errors have been dealt with.
	valid bool
	// used is whether the block on which it stands has been dealt with.
	used bool
}

// newReader looks at the log as it is now, and keeps it open until close.
func (l *Log) newReader(ctx context.Context) (*reader, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	if err := l.acquire(); err != nil {
		return nil, err
	}
	// In this order: what is up to the head is in the iterator already, and the floor
	// moves before anything vanishes, so what is behind it is in the iterator still.
	r := &reader{log: l, head: entry.Position(l.head.Load())}
	it, err := l.db.NewIterWithContext(ctx, nil)
	if err != nil {
		l.use.RUnlock()
		return nil, fmt.Errorf("the store cannot be read: %w", err)
	}
	r.it, r.meta = it, l.meta.Load()
	return r, nil
}

func (r *reader) close() {
	_ = r.it.Close() // Its error is that of the last read, which was looked at.
	r.log.use.RUnlock()
}

// gap returns the batch for a stretch that cannot be read.
func (r *reader) gap(after, through entry.Position, reason store.GapReason) store.Batch {
	return store.Batch{
		After:   after,
		Through: through,
		Gap:     &store.Gap{Reason: reason, Entries: r.meta.entriesWithin(after, through)},
	}
}

// position returns the first position of the block on which the iterator stands, and
// whether there is one.
func (r *reader) position() (entry.Position, bool) {
	if !r.valid {
		return 0, false
	}
	return keyPosition(r.it.Key())
}

// forward reads behind a position that is within the bounds and not the head.
func (r *reader) forward(ctx context.Context, after entry.Position, maxBytes int) (store.Batch, error) {
	batch := store.Batch{After: after, Through: after}
	for size := 0; size < max(maxBytes, 1) && batch.Through < r.head; {
		if err := ctx.Err(); err != nil {
			return store.Batch{}, context.Cause(ctx)
		}
		through, entries := r.blockFrom(batch.Through + 1)
		switch {
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
// can be read.
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
		if r.valid = r.it.Next(); !r.valid && r.it.Error() != nil {
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

// take appends pointers to the entries behind after, up to and including through, and
// returns the size of those.
func take(batch *store.Batch, entries []entry.Entry, after, through entry.Position) (size int) {
	batch.Entries = slices.Grow(batch.Entries, len(entries))
	for i := range entries {
		if e := &entries[i]; e.Position > after && e.Position <= through {
			batch.Entries = append(batch.Entries, e)
			size += e.Size()
		}
	}
	return size
}

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
// position behind which nothing can be read.
func (r *reader) blockUpTo(p entry.Position) (after entry.Position, entries []entry.Entry) {
	if known, ok := r.log.damage.at(p); ok {
		r.used, r.valid = false, false
		return max(known.from-1, r.meta.Floor), nil
	}
	r.moveBackTo(p)
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
