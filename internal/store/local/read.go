package local

import (
	"context"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// Read returns what follows a position: as many whole blocks as make up about maxBytes
// of entries as [entry.Entry.Size] counts them, and at least one. See [store.Batch] for
// the end of the log and for gaps. It reads files in the caller's goroutine; it fails
// with store.ErrClosed, with ctx's cause, and with store.ErrFailed where the disk does not
// give what it holds. Where that lasts, it passes for damage.
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
	// err is what the disk said that failed, until it is dealt with; lenient is whether that
	// passes for damage.
	err     error
	lenient bool
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
	// Not with ctx: an iterator that is cancelled while it waits for another's read of the
	// same block fails as it does for a damaged one. Whoever reads asks ctx between blocks.
	it, err := l.db.NewIter(nil)
	if err != nil {
		l.use.RUnlock()
		return nil, unreadable(err)
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
