package hub

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/index"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// Log is the store, as far as the hub needs it.
type Log interface {
	// Follow calls publish with every batch of entries behind a position, in order, until
	// ctx ends.
	Follow(ctx context.Context, after entry.Position, publish func([]*entry.Entry)) error
	// Read returns the stretch of the log behind a position.
	Read(ctx context.Context, after entry.Position, maxBytes int) (store.Batch, error)
	// Bounds returns the stretch that is retained.
	Bounds() store.Bounds
}

// Config holds the limits of a hub.
type Config struct {
	// RingEntries and RingBytes bound what the ring keeps; the newest batch always stays.
	RingEntries, RingBytes int
	// QueueBytes bounds what all subscriptions hold together. Above it, those that hold
	// more than their even share fall behind. 0 is no bound.
	QueueBytes int
	// Readers is how many streams may read the store at the same time. The others wait:
	// a hundred replays at once would otherwise hold a hundred decoded stretches.
	Readers int
}

// Hub follows a log and hands its entries to streams. All methods are safe for
// concurrent use.
type Hub struct {
	log        Log
	readers    chan struct{}
	queueBytes int64
	queued     atomic.Int64 // what the subscriptions hold

	mu            sync.RWMutex // guards ring, subscriptions and live
	ring          ring
	subscriptions index.Set[*Subscription]
	live          int // how many subscriptions there are

	// head is the last entry published. It is moved with mu held, after the entries up to
	// it have been handed to the subscriptions, and read without.
	head atomic.Uint64
	// hits is scratch space of the publisher, and work what its regular expressions may
	// still do.
	hits []*Subscription
	work workRate

	dear chan struct{} // see Dear
}

// New returns a hub at the head of a log. Nothing is published before [Hub.Run].
func New(cfg Config, log Log) *Hub {
	head := log.Bounds().Head
	h := &Hub{
		log:        log,
		readers:    make(chan struct{}, max(cfg.Readers, 1)),
		queueBytes: int64(cfg.QueueBytes),
		dear:       make(chan struct{}, max(runtime.GOMAXPROCS(0)/2, 1)),
		ring:       ring{maxEntries: cfg.RingEntries, maxBytes: cfg.RingBytes, floor: head},
	}
	h.subscriptions.Allow(&h.work.Allowance)
	h.head.Store(uint64(head))
	return h
}

// Run follows the log until ctx ends or the log fails, and returns why.
func (h *Hub) Run(ctx context.Context) error {
	return h.log.Follow(ctx, h.Head(), h.publish)
}

// Head returns the last entry published: every entry up to there has been handed to the
// subscriptions that it matches.
func (h *Hub) Head() entry.Position { return entry.Position(h.head.Load()) }

// What is published under one lock is bounded, so that a stream which joins or leaves
// waits for no more than that: in time, which is what it waits, and in number, so that
// the ring lets go of old entries in pieces that are not large.
const (
	chunk     = 256
	chunkTime = 500 * time.Microsecond
	// chunkCheck is after how many entries the clock is read, which costs a tenth of
	// matching an entry against a thousand filters.
	chunkCheck = 8
)

// publish takes in entries that follow the ones before. Only Run's goroutine calls it.
func (h *Hub) publish(entries []*entry.Entry) {
	for len(entries) > 0 {
		n := h.publishChunk(entries[:min(len(entries), chunk)])
		entries = entries[n:]
	}
}

// publishChunk takes in some of the entries, one at least, and returns how many.
func (h *Hub) publishChunk(entries []*entry.Entry) (taken int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	begin := time.Now()
	h.work.refill(begin)
	for i, e := range entries {
		h.hits = h.subscriptions.AppendMatches(h.hits[:0], e)
		decided := len(h.hits) - h.subscriptions.Undecided()
		for i, s := range h.hits {
			h.queued.Add(int64(s.push(e, i < decided, h.budget(s))))
		}
		if taken = i + 1; taken%chunkCheck == 0 && time.Since(begin) >= chunkTime {
			break
		}
	}
	clear(h.hits)
	h.ring.append(entries[:taken:taken])
	h.head.Store(uint64(entries[taken-1].Position))
	return taken
}

// budget returns how much a subscription may hold now: its own budget or, while all of
// them hold too much, an even share of what they may hold. So the hungriest fall behind
// first, and one that keeps up never does for the sake of others.
func (h *Hub) budget(s *Subscription) int {
	if h.queueBytes == 0 || h.queued.Load() <= h.queueBytes {
		return s.budget
	}
	return min(s.budget, int(h.queueBytes)/h.live)
}

// Join makes a subscription live behind a position: it gets what matches of everything
// published from now on. The entries between that position and now are returned, as they
// lie in the ring, for the caller to judge, with the head at which they end. It returns
// false, and does nothing, if the ring does not reach back that far: the caller has to
// read on first.
func (h *Hub) Join(s *Subscription, after entry.Position) (backlog [][]*entry.Entry, head entry.Position, joined bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.ring.covers(after) {
		return nil, 0, false
	}
	s.place = h.subscriptions.Add(s.matcher, s)
	h.live++
	for _, b := range h.ring.after(after) {
		backlog = append(backlog, behind(b.entries, after))
	}
	return backlog, h.Head(), true
}

// Left is what became of a subscription that has left.
type Left struct {
	// Handed is how many entries were ever handed to it, and Dropped how many of them were
	// not taken.
	Handed, Dropped int
	// Peak is the most that it ever held, in bytes.
	Peak int
}

// Leave ends what Join began. The subscription gets nothing more, and what it holds is
// let go of.
func (h *Hub) Leave(s *Subscription) Left {
	h.mu.Lock()
	h.subscriptions.Remove(s.place)
	h.live--
	h.mu.Unlock()
	dropped := len(h.Take(s, nil).Entries)
	h.Done(s)
	return Left{Handed: s.handed, Dropped: dropped, Peak: s.peak} // nobody changes it any more
}

// Queued returns how much the subscriptions hold together, in bytes.
func (h *Hub) Queued() int { return int(h.queued.Load()) }

// Largest returns how much the subscription holds that holds most, in bytes. It looks at all
// of them, for which publishing may wait a little: it is for who looks every few seconds.
func (h *Hub) Largest() int {
	h.mu.RLock()
	defer h.mu.RUnlock()
	largest := 0
	for s := range h.subscriptions.All() {
		s.mu.Lock()
		largest = max(largest, s.inHand+s.bytes)
		s.mu.Unlock()
	}
	return largest
}

// Read returns a stretch of the log behind a position, from the ring if it reaches back
// that far and from the store otherwise, where it may have to wait for its turn. It is of
// about maxBytes, and of one entry at least. The batch is empty when the log ends there.
func (h *Hub) Read(ctx context.Context, after entry.Position, maxBytes int) (store.Batch, error) {
	if b, ok := h.readRing(after, maxBytes); ok {
		return b, nil
	}
	release, err := h.Turn(ctx)
	if err != nil {
		return store.Batch{}, err
	}
	defer release()
	return h.log.Read(ctx, after, maxBytes)
}

// Turn waits until one more may read the store and returns what ends that turn. It fails
// only if ctx ends first.
func (h *Hub) Turn(ctx context.Context) (release func(), err error) {
	select {
	case h.readers <- struct{}{}:
		return func() { <-h.readers }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (h *Hub) readRing(after entry.Position, maxBytes int) (store.Batch, bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if !h.ring.covers(after) {
		return store.Batch{}, false
	}
	batches := h.ring.after(after)
	if len(batches) == 0 {
		return store.Batch{After: after, Through: after}, true
	}
	entries := behind(batches[0].entries, after)
	n := 1
	for size := entries[0].Size(); n < len(entries); n++ {
		if size += entries[n].Size(); size > maxBytes {
			break
		}
	}
	return store.Batch{After: after, Through: entries[n-1].Position, Entries: entries[:n:n]}, true
}
