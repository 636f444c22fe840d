package local

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// follower is a call of Follow.
type follower struct {
	batches chan []*entry.Entry
	gone    chan struct{} // closed by Follow when it returns
}

const (
	// followerQueue is how many groups a follower may be behind before it holds up the
	// committer: some milliseconds of full load, and 16 MiB.
	followerQueue = 16
	// catchUpBytes is how much is read from the files at once on the way to live.
	catchUpBytes = 4 << 20
)

// hand gives a group to the follower, and waits until there is room for it.
func (f *follower) hand(entries []*entry.Entry, closing <-chan struct{}) {
	select {
	case f.batches <- entries:
	case <-f.gone:
	case <-closing:
	}
}

// Follow calls publish with every entry behind a position, in order and once, in batches
// as they come: first those of the files, then those that are being appended, the very
// same that were handed to Append. It does not change or keep a batch's slice, and
// publish must not change it either. It returns ctx's cause when ctx ends, and
// store.ErrClosed when the log is closed; otherwise it goes on for ever.
//
// What was removed or is damaged is passed over with a warning in the log: whoever must
// know reads with [Log.Read], or follows from where [Log.Bounds] says that the log ends.
func (l *Log) Follow(ctx context.Context, after entry.Position, publish func([]*entry.Entry)) error {
	after, err := l.readUpTo(ctx, after, 0, publish)
	if err != nil {
		return err
	}
	f := &follower{batches: make(chan []*entry.Entry, followerQueue), gone: make(chan struct{})}
	// From here on the committer hands over what is behind joined; the rest is read.
	joined := l.join(f)
	defer l.leave(f)
	if joined > 0 { // in an empty log everything is still to be handed over
		if _, err := l.readUpTo(ctx, after, joined, publish); err != nil {
			return err
		}
	}
	for {
		select {
		case entries := <-f.batches:
			publish(behind(entries, after))
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-l.closing:
			return store.ErrClosed
		}
	}
}

// behind returns the entries behind a position.
func behind(entries []*entry.Entry, after entry.Position) []*entry.Entry {
	if len(entries) > 0 && entries[0].Position > after {
		return entries
	}
	return slices.DeleteFunc(slices.Clone(entries), func(e *entry.Entry) bool { return e.Position <= after })
}

func (l *Log) join(f *follower) entry.Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.followers[f] = struct{}{}
	return entry.Position(l.head.Load())
}

func (l *Log) leave(f *follower) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.followers, f)
	close(f.gone)
}

// readPatiently reads what follows a position, and waits where the disk fails: a follower is
// the hub of a server, which would end with it.
func (l *Log) readPatiently(ctx context.Context, after entry.Position) (store.Batch, error) {
	for pause := l.env.healFirst; ; pause = min(2*pause, healLast) {
		batch, err := l.Read(ctx, after, catchUpBytes)
		if !errors.Is(err, store.ErrFailed) {
			return batch, err
		}
		l.logger.Warn("a follower of the store waits for the disk", "error", err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return batch, context.Cause(ctx)
		case <-l.closing:
			return batch, store.ErrClosed
		}
	}
}

// readUpTo publishes what is stored behind after, up to and including through, or with a
// through of 0 up to where the log ends, and returns how far it came.
func (l *Log) readUpTo(ctx context.Context, after, through entry.Position, publish func([]*entry.Entry)) (entry.Position, error) {
	for through == 0 || after < through {
		batch, err := l.readPatiently(ctx, after)
		if err != nil {
			return after, err
		}
		if batch.Through == batch.After {
			break
		}
		if batch.Gap != nil {
			l.logger.Warn("a follower of the store passes over entries that cannot be read",
				"after", batch.After, "through", batch.Through, "entries", batch.Gap.Entries)
		}
		if through != 0 && batch.Through > through {
			batch.Entries = slices.DeleteFunc(batch.Entries, func(e *entry.Entry) bool { return e.Position > through })
			batch.Through = through
		}
		if len(batch.Entries) > 0 {
			publish(batch.Entries)
		}
		after = batch.Through
	}
	return after, nil
}
