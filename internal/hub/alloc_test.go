package hub

import (
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// What is published and taken goes through memory that is used again: per batch the ring
// may grow, per entry nothing is allocated.
func TestPublishAllocatesNothingPerEntry(t *testing.T) {
	const subscribers, warm, batches = 20, 50, 50
	log := newMemory()
	log.append(chunk)
	h := New(Config{RingEntries: 16 * chunk, RingBytes: 64 << 20}, newMemory())
	subs := make([]*Subscription, subscribers)
	spare := make([][]*entry.Entry, subscribers)
	for i := range subs {
		subs[i] = NewSubscription(everything, 1<<20)
		h.Join(subs[i], 0)
	}
	publish := func() {
		h.publish(log.entries)
		for i, s := range subs {
			spare[i] = h.Take(s, spare[i]).Entries
		}
	}
	for range warm {
		publish()
	}
	if n := testing.AllocsPerRun(batches, publish); n > 1 {
		t.Errorf("a batch of %d entries for %d subscribers allocates %v times, want at most once, for the ring", chunk, subscribers, n)
	}
}
