package hub

import (
	"testing"
	"testing/synctest"
)

// What a stream has taken and not sent yet counts: one whose client does not read holds
// its budget, not that and a queue beside it.
func TestWhatIsInHandCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemory()
		log.append(1)
		size := log.entries[0].Size()
		h := start(t, Config{RingEntries: 100, RingBytes: 1 << 20}, log)
		synctest.Wait()
		s := NewSubscription(everything, 4*size+size/2)
		h.Join(s, h.Head())
		log.append(4)
		synctest.Wait()
		taken := h.Take(s, nil) // and does not come to the end of them
		log.append(2)
		synctest.Wait()
		if got := h.Queued() / size; len(taken.Entries) != 4 || got != 5 {
			t.Errorf("with %d entries in hand the stream holds %d, want those and one", len(taken.Entries), got)
		}
		h.Done(s)
		if got := h.Queued() / size; got != 1 {
			t.Errorf("with one entry queued and none in hand the stream holds %d", got)
		}
		h.Leave(s)
	})
}
