package hub

import (
	"testing"
	"testing/synctest"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// What is far apart in the log shares no memory, and each such entry holds that of its
// neighbours too.
func TestSparseMatchesCountTheirNeighbours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemory()
		h := start(t, Config{RingEntries: 2000, RingBytes: 1 << 20}, log)
		synctest.Wait()
		s := NewSubscription(mustParse(`"00"`), 3*(entry.SharedBytes+1<<10))
		h.Join(s, 0)
		log.append(999) // of which 100, 200, … match
		synctest.Wait()
		if taken := h.Take(s, nil); len(taken.Entries) != 3 || !taken.Behind || taken.Through != 399 {
			t.Errorf("took %d entries through %d, behind %t; the budget is for 3", len(taken.Entries), taken.Through, taken.Behind)
		}
		h.Leave(s)
	})
}

// A stream that is behind holds what it has read for as long as its client does not read.
func TestReadOutOfTheRingIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemory()
		h := start(t, Config{RingEntries: 100, RingBytes: 1 << 20}, log)
		synctest.Wait()
		log.append(10)
		synctest.Wait()
		size := log.entries[0].Size()
		for after, want := range map[entry.Position]entry.Position{0: 3, 3: 6, 9: 10} {
			b, err := h.Read(t.Context(), after, 3*size+size/2)
			if err != nil || b.Through != want || len(b.Entries) != int(want-after) {
				t.Errorf("behind %d: %d entries through %d, want %d: %v", after, len(b.Entries), b.Through, want, err)
			}
		}
	})
}
