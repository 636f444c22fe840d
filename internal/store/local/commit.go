package local

import (
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// A group is what one commit stores. It ends at these bounds, which one large request
// may exceed. Twice as much cost the same CPU an entry, and more delay.
const (
	maxGroupEntries = 4096
	maxGroupBytes   = 1 << 20
)

// commitAll is the committer: it commits what waits, for as long as the log is open. It
// does not wait for more to come: under load, what waits is what came during the commit
// before.
func (l *Log) commitAll() {
	w := &blockWriter{}
	for {
		select {
		case r := <-l.requests:
			l.commitGroup(w, l.gather(r))
		case <-l.closing:
			return
		}
	}
}

// gather adds what else waits to the first request of a group.
func (l *Log) gather(first *request) []*request {
	group := []*request{first}
	count, bytes := len(first.entries), first.bytes
	for count < maxGroupEntries && bytes < maxGroupBytes {
		select {
		case r := <-l.requests:
			group = append(group, r)
			count, bytes = count+len(r.entries), bytes+r.bytes
		default:
			return group
		}
	}
	return group
}

// commitGroup stores a group, acknowledges it, and hands it to the followers.
func (l *Log) commitGroup(w *blockWriter, group []*request) {
	var entries []*entry.Entry
	for _, r := range group {
		entries = append(entries, r.entries...)
	}
	err := l.commit(w, entries)
	var followers []*follower
	if err == nil {
		followers = l.advance(entries[len(entries)-1].Position)
	}
	// Before the followers, so that a slow one does not look like a slow disk.
	for _, r := range group {
		r.done <- err
	}
	for _, f := range followers {
		f.hand(entries, l.closing)
	}
}

// commit gives entries their positions and stores them.
func (l *Log) commit(w *blockWriter, entries []*entry.Entry) error {
	if err := l.acquire(); err != nil {
		return err
	}
	defer l.use.RUnlock()
	if err := l.failed(); err != nil {
		return err
	}
	if err := l.gate.room(); err != nil {
		return err
	}
	w.committed = max(l.env.now().UnixNano(), l.committed)
	batch := l.db.NewBatch()
	defer batch.Close() //nolint:errcheck // It only gives its memory back.
	next := l.next
	for i, e := range entries {
		complete(e, w.committed)
		if w.add(e) || i == len(entries)-1 {
			key, value := w.seal(next)
			next = e.Position + 1
			if err := batch.Set(key, value, nil); err != nil {
				return fmt.Errorf("the store cannot write: %w", err)
			}
		}
	}
	if err := batch.Commit(pebble.Sync); err != nil {
		l.disk.fail(err)
	}
	// Pebble does not see what fails: see shadowFS. This is asked, and not failed, since it
	// is what was written to.
	if err := l.disk.failure(); err != nil {
		return failure(err)
	}
	l.next = next
	l.committed = w.committed
	return nil
}

// complete sets the times that a stored entry has.
func complete(e *entry.Entry, now int64) {
	if e.Observed == 0 {
		e.Observed = now
	}
	if e.Timestamp == 0 {
		e.Timestamp = e.Observed
	}
}

// advance moves the head to a position that was committed, and returns who followed
// before.
func (l *Log) advance(head entry.Position) []*follower {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.head.Store(uint64(head))
	followers := make([]*follower, 0, len(l.followers))
	for f := range l.followers {
		followers = append(followers, f)
	}
	return followers
}
