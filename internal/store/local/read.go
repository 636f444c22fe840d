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
	// valid is whether the iterator stands on a block. If not, it is at the end, or its
	// Error says what is wrong.
	valid bool
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
	r.seek(after + 1)
	for size := 0; size < max(maxBytes, 1) && batch.Through < r.head; {
		if err := ctx.Err(); err != nil {
			return store.Batch{}, context.Cause(ctx)
		}
		if first, ok := r.position(); ok && first <= batch.Through+1 {
			h, entries, err := decodeBlock(r.it.Key(), r.it.Value())
			r.valid = r.it.Next()
			if err == nil {
				size += take(&batch, entries, batch.Through, r.head)
				batch.Through = min(h.last(), r.head)
				continue
			}
			r.tell(first, err)
		}
		// Up to the block on which the iterator stands now there is nothing to read.
		through := r.unreadable(batch.Through)
		switch {
		case r.meta.explains(batch.Through, through):
			batch.Through = through
		case len(batch.Entries) > 0:
			return batch, nil // The next read begins with the gap.
		default:
			return r.gap(batch.Through, through, store.Damage), nil
		}
	}
	return batch, nil
}

// seek moves to the block that holds a position, or else to the first one behind it.
func (r *reader) seek(p entry.Position) {
	key := blockKey(p)
	r.valid = r.it.SeekGE(key)
	if first, ok := r.position(); ok && first == p {
		return // The usual case: who reads on is at the end of a block.
	}
	if !r.it.SeekLT(key) {
		r.valid = r.it.SeekGE(key)
		return
	}
	// A block whose header is damaged may well hold the position.
	h, err := decodeHeader(r.it.Key(), r.it.Value())
	r.valid = err != nil || h.last() >= p || r.it.Next()
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
	r.valid = r.it.SeekLT(blockKey(through + 1))
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
			r.valid = r.it.Prev()
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

// blockUpTo returns the entries of the block that ends at a position or behind it, cut
// to that, and the position before them. If there is none that can be read, it returns
// none, and the position behind which nothing can be read.
func (r *reader) blockUpTo(p entry.Position) (after entry.Position, entries []entry.Entry) {
	if !r.valid && r.it.Error() != nil {
		r.skipBackward(p)
	}
	first, ok := r.position()
	if !ok || first <= r.meta.Floor {
		return r.meta.Floor, nil
	}
	h, entries, err := decodeBlock(r.it.Key(), r.it.Value())
	switch {
	case err != nil:
		r.tell(first, err)
		r.valid = r.it.Prev()
		return first - 1, nil
	case h.last() < p:
		return h.last(), nil
	}
	return first - 1, entries[:p-first+1]
}

// joinBlocks returns the batch of blocks that were read backward.
func joinBlocks(blocks [][]entry.Entry, after, through entry.Position) store.Batch {
	batch := store.Batch{After: after, Through: through}
	for _, entries := range slices.Backward(blocks) {
		take(&batch, entries, after, through)
	}
	return batch
}
