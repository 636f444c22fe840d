package hub

import (
	"testing"
	"testing/synctest"
)

// TestLargest compares what is held by two subscriptions, one of which is taken from.
func TestLargest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemory()
		h := start(t, Config{RingEntries: 100, RingBytes: 1 << 20}, log)
		all, some := NewSubscription(everything, 1<<20), NewSubscription(odd, 1<<20)
		h.Join(all, 0)
		h.Join(some, 0)
		if got := h.Largest(); got != 0 {
			t.Errorf("%d bytes are held of nothing", got)
		}
		log.append(10)
		synctest.Wait()
		size := log.entries[0].Size()
		if got := h.Largest() / size; got < 10 || got > 11+1 {
			t.Errorf("the largest holds %d entries, want 10", got)
		}
		h.Take(all, nil)
		h.Done(all)
		if got := h.Largest() / size; got < 5 || got > 6+1 {
			t.Errorf("the largest holds %d entries, want 5", got)
		}
		if left := h.Leave(all); left.Peak < 10*size || left.Handed != 10 || left.Dropped != 0 {
			t.Errorf("left with %+v", left)
		}
		h.Leave(some)
	})
}
