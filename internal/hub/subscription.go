package hub

import (
	"sync"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
	"github.com/seed-2f16ea30/logsieve/internal/index"
)

// Subscription is the place of one live stream in the hub: what matched its filter and
// has not been taken yet. Make one with [NewSubscription] for each time that a stream
// joins.
type Subscription struct {
	matcher *filter.Matcher
	budget  int
	wake    chan struct{}
	// place is where it is in Hub.subscriptions. Guarded by Hub.mu.
	place *index.Member

	mu    sync.Mutex
	queue []*entry.Entry // matches not yet taken, oldest first
	bytes int            // their size
	// undecided is set if some of them may not match.
	undecided bool
	// inHand is the size of what was taken last: the stream sends it until it takes again,
	// and a client that does not read keeps it there. Without it a stalled stream would
	// hold twice its budget.
	inHand int
	// peak is the most that it ever held, in the queue and in hand.
	peak int
	// last is the newest entry that was ever put into the queue, and handed counts all.
	last   entry.Position
	handed int
	// behind is set once an entry did not fit. fell is the position before that entry.
	behind bool
	fell   entry.Position
}

// NewSubscription returns a subscription for the entries that match, which holds at
// most budget bytes of them, but always one.
func NewSubscription(m *filter.Matcher, budget int) *Subscription {
	// One token: it says that there is something to take, not how much.
	return &Subscription{matcher: m, budget: budget, wake: make(chan struct{}, 1)}
}

// Wake returns a channel that receives when there may be something to take.
func (s *Subscription) Wake() <-chan struct{} { return s.wake }

// apart is from how many positions on two entries share no memory: the second one keeps
// that of its neighbours as well, and counts for it. Without it the queue of a filter that
// matches rarely held many times its budget.
const apart = 16

// push hands over an entry that matched, or may match if that is not decided, if the queue
// holds no more than budget with it, and returns by how much the queue has grown.
func (s *Subscription) push(e *entry.Entry, decided bool, budget int) (grown int) {
	s.mu.Lock()
	size := e.Size()
	if e.Position-s.last > apart {
		size += entry.SharedBytes
	}
	switch {
	case s.behind:
	case len(s.queue) > 0 && s.inHand+s.bytes+size > budget:
		s.behind, s.fell = true, e.Position-1
	default:
		s.queue = append(s.queue, e)
		s.bytes += size
		s.peak = max(s.peak, s.inHand+s.bytes)
		s.undecided = s.undecided || !decided
		s.last = e.Position
		s.handed++
		grown = size
	}
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
	return grown
}

// Taken is what a stream took from its subscription.
type Taken struct {
	// Entries matched, in the order of the log.
	Entries []*entry.Entry
	// Undecided tells that some of them may not have: ask [Hub.Selects].
	Undecided bool
	// Through is how far the log has been judged: what matched up to there was taken.
	Through entry.Position
	// Behind tells that the subscription was full. It gets nothing more: the stream has
	// to read on from Through and to join again.
	Behind bool
}

// Take takes everything that is there. What the last Take returned is done with: spare is
// its slice, which the caller gives back to be reused.
func (h *Hub) Take(s *Subscription, spare []*entry.Entry) Taken {
	// The head first: whatever matched up to it is in the queue already.
	through := h.Head()
	clear(spare)

	s.mu.Lock()
	defer s.mu.Unlock()
	taken := Taken{Entries: s.queue, Undecided: s.undecided, Through: through, Behind: s.behind}
	switch {
	case s.behind:
		taken.Through = s.fell
	case s.last > through: // handed over while the hub is on its way
		taken.Through = s.last
	}
	h.queued.Add(-int64(s.inHand))
	s.queue, s.undecided, s.inHand, s.bytes = spare[:0], false, s.bytes, 0
	return taken
}

// Done tells that the stream has sent what it took last and holds it no longer. A stream
// that takes at once need not say so.
func (h *Hub) Done(s *Subscription) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h.queued.Add(-int64(s.inHand))
	s.inHand = 0
}
