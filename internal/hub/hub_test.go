package hub

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memory is a log in memory that a test appends to.
type memory struct {
	mu       sync.Mutex
	entries  []*entry.Entry
	appended chan struct{} // has a token when there is something new
}

func newMemory() *memory { return &memory{appended: make(chan struct{}, 1)} }

func (m *memory) append(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for range n {
		p := entry.Position(len(m.entries) + 1)
		e := &entry.Entry{Message: fmt.Sprintf("entry %d", p), Service: []string{"even", "odd"}[p%2]}
		e.Freeze(p)
		m.entries = append(m.entries, e)
	}
	select {
	case m.appended <- struct{}{}:
	default:
	}
}

func (m *memory) Follow(ctx context.Context, after entry.Position, publish func([]*entry.Entry)) error {
	for {
		m.mu.Lock()
		news := m.entries[after:]
		m.mu.Unlock()
		if len(news) > 0 {
			publish(news)
			after += entry.Position(len(news))
			continue
		}
		select {
		case <-m.appended:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (m *memory) Read(_ context.Context, after entry.Position, _ int) (store.Batch, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	const most = 7
	through := min(after+most, entry.Position(len(m.entries)))
	return store.Batch{After: after, Through: through, Entries: m.entries[after:through]}, nil
}

func (m *memory) Bounds() store.Bounds {
	m.mu.Lock()
	defer m.mu.Unlock()
	return store.Bounds{Head: entry.Position(len(m.entries))}
}

var (
	everything = mustParse("")
	odd        = mustParse("service=odd")
)

func mustParse(query string) *filter.Matcher {
	m, err := filter.Parse(query)
	if err != nil {
		panic(err)
	}
	return m
}

// start runs a hub over a log until the test ends.
func start(t *testing.T, cfg Config, log Log) *Hub {
	t.Helper()
	h := New(cfg, log)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _ = h.Run(ctx) })
	t.Cleanup(func() { cancel(); wg.Wait() })
	return h
}

// stream reads as a session does: behind until it has joined, then live. It stops at
// last and returns the positions it was given.
func stream(ctx context.Context, t *testing.T, h *Hub, m *filter.Matcher, after, last entry.Position, budget int) (seen []entry.Position) {
	t.Helper()
	reached := after
	see := func(entries []*entry.Entry) {
		for _, e := range entries {
			if m.Match(e) && e.Position > reached {
				seen = append(seen, e.Position)
			}
		}
	}
	for reached < last {
		b, err := h.Read(ctx, reached, 0)
		if err != nil {
			t.Errorf("read: %v", err)
			return seen
		}
		if b.Through > reached {
			see(b.Entries)
			reached = b.Through
			continue
		}
		live := NewSubscription(m, budget)
		backlog, head, joined := h.Join(live, reached)
		if !joined {
			continue
		}
		for _, entries := range backlog {
			see(entries)
		}
		reached = max(reached, head)
		for behind := false; !behind && reached < last; {
			select {
			case <-live.Wake():
			case <-ctx.Done():
				t.Errorf("stream stopped at %d of %d", reached, last)
				return seen
			}
			taken := h.Take(live, nil)
			see(taken.Entries)
			reached = max(reached, taken.Through)
			behind = taken.Behind
		}
		h.Leave(live)
	}
	return seen
}

// TestStreamsSeeEachMatchOnce runs streams with different filters, begins and budgets
// beside a writer, and holds what each saw against the log. The small ring and budgets
// make them fall behind and join again all the time.
func TestStreamsSeeEachMatchOnce(t *testing.T) {
	const last = 4001 // odd, so that both filters match it
	log := newMemory()
	log.append(500)
	h := start(t, Config{RingEntries: 64, RingBytes: 1 << 20, Readers: 2}, log)

	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			m, step := everything, entry.Position(1)
			if i%2 == 1 {
				m, step = odd, 2
			}
			after := entry.Position(i * 60 / 2 * 2)
			seen := stream(t.Context(), t, h, m, after, last, 1<<(8+i))
			want := after + 1 // odd, since after is even
			for _, p := range seen {
				if p != want {
					t.Errorf("stream %d saw %d where %d was next", i, p, want)
					return
				}
				want += step
			}
			if len(seen) == 0 || seen[len(seen)-1] != last {
				t.Errorf("stream %d saw %d entries and not the last", i, len(seen))
			}
		})
	}
	for written := 500; written < last; {
		n := min(1+rand.IntN(40), last-written)
		log.append(n)
		written += n
	}
	wg.Wait()
}

func TestFullSubscriptionFallsBehindAndStopsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemory()
		h := start(t, Config{RingEntries: 100, RingBytes: 1 << 20}, log)
		synctest.Wait()
		size := func() int { log.append(1); return log.entries[0].Size() }()
		synctest.Wait()

		s := NewSubscription(everything, 3*size+size/2)
		if _, _, joined := h.Join(s, h.Head()); !joined {
			t.Fatal("could not join at the head")
		}
		log.append(5) // 2 to 6
		synctest.Wait()
		taken := h.Take(s, nil)
		if len(taken.Entries) != 3 || !taken.Behind || taken.Through != 4 {
			t.Errorf("took %d entries through %d, behind %t; the budget is for 3, through 4", len(taken.Entries), taken.Through, taken.Behind)
		}
		log.append(1)
		synctest.Wait()
		if taken := h.Take(s, nil); len(taken.Entries) != 0 {
			t.Errorf("got %d more entries after falling behind", len(taken.Entries))
		}
	})
}

// TestTheHungriestFallBehindFirst spends the bound on all subscriptions with one that
// takes nothing: it falls behind, and one that keeps up does not.
func TestTheHungriestFallBehindFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemory()
		log.append(1)
		size := log.entries[0].Size()
		h := start(t, Config{RingEntries: 1000, RingBytes: 1 << 20, QueueBytes: 10 * size}, log)
		hungry, brisk := NewSubscription(everything, 1<<20), NewSubscription(everything, 1<<20)
		h.Join(hungry, h.Head())
		h.Join(brisk, h.Head())
		for range 100 {
			log.append(1)
			synctest.Wait()
			if taken := h.Take(brisk, nil); len(taken.Entries) != 1 || taken.Behind {
				t.Fatalf("the one that keeps up took %d entries, behind %t", len(taken.Entries), taken.Behind)
			}
		}
		if held := h.Queued(); held > 12*size {
			t.Errorf("%d bytes are queued, the bound is %d", held, 10*size)
		}
		if taken := h.Take(hungry, nil); !taken.Behind {
			t.Error("the one that takes nothing did not fall behind")
		}
		h.Leave(hungry)
		h.Leave(brisk)
		if held := h.Queued(); held != 0 {
			t.Errorf("%d bytes are queued for nobody", held)
		}
	})
}

func TestOneEntryAboveTheBudgetIsHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemory()
		h := start(t, Config{RingEntries: 10, RingBytes: 1 << 20}, log)
		synctest.Wait()
		s := NewSubscription(everything, 1)
		h.Join(s, 0)
		log.append(1)
		synctest.Wait()
		if taken := h.Take(s, nil); len(taken.Entries) != 1 || taken.Behind {
			t.Errorf("took %d entries, behind %t", len(taken.Entries), taken.Behind)
		}
	})
}

func TestJoinIsRefusedWhereTheRingDoesNotReach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemory()
		h := start(t, Config{RingEntries: 10, RingBytes: 1 << 20}, log)
		for range 30 {
			log.append(1)
			synctest.Wait()
		}
		if _, _, joined := h.Join(NewSubscription(everything, 1), 5); joined {
			t.Error("joined at 5 with a ring from 21 on")
		}
		backlog, head, joined := h.Join(NewSubscription(everything, 1), 25)
		if n := count(backlog); !joined || n != 5 || head != 30 {
			t.Errorf("joined %t with a backlog of %d up to %d", joined, n, head)
		}
	})
}

func TestProgressWithoutMatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemory()
		h := start(t, Config{RingEntries: 10, RingBytes: 1 << 20}, log)
		s := NewSubscription(mustParse("service=none"), 1)
		h.Join(s, 0)
		log.append(100)
		synctest.Wait()
		if taken := h.Take(s, nil); len(taken.Entries) != 0 || taken.Through != 100 {
			t.Errorf("took %d entries through %d", len(taken.Entries), taken.Through)
		}
	})
}

func TestReadersWaitTheirTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(Config{Readers: 1}, newMemory())
		release, err := h.Turn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		got := make(chan error, 1)
		go func() { _, err := h.Turn(ctx); got <- err }()
		synctest.Wait()
		if len(got) != 0 {
			t.Error("a second reader did not wait")
		}
		cancel()
		if err := <-got; err == nil {
			t.Error("a cancelled reader got a turn")
		}
		release()
	})
}

func count(batches [][]*entry.Entry) (n int) {
	for _, b := range batches {
		n += len(b)
	}
	return n
}

// BenchmarkPublish shows what an entry costs on its way through the hub, with so many
// subscribers of everything that take it at once.
func BenchmarkPublish(b *testing.B) {
	for _, subscribers := range []int{0, 1, 100} {
		b.Run(fmt.Sprintf("subscribers=%d", subscribers), func(b *testing.B) {
			log := newMemory()
			log.append(chunk)
			h := New(Config{RingEntries: 1 << 16, RingBytes: 64 << 20}, newMemory())
			subs := make([]*Subscription, subscribers)
			for i := range subs {
				subs[i] = NewSubscription(everything, 1<<20)
				h.Join(subs[i], 0)
			}
			spare := make([][]*entry.Entry, subscribers)
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				if n%chunk != 0 {
					continue // an operation is an entry
				}
				h.publishChunk(log.entries)
				for i, s := range subs {
					spare[i] = h.Take(s, spare[i]).Entries
				}
			}
		})
	}
}
