package storetest

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

func testRetention(t *testing.T, e Engine) {
	x, ok := e.(Expirer)
	if !ok {
		t.Skip("the engine is no Expirer")
	}
	floor := e.Bounds().Floor
	old := fill(t, e, 120)
	reached := old[19].Position
	x.Expire(t)
	if b := e.Bounds(); b.Floor != old[119].Position || b.Head != b.Floor {
		t.Fatalf("everything up to %d was removed, the bounds are %+v", old[119].Position, b)
	}
	checkRemoved(t, e, floor, 120, nil)
	checkRemoved(t, e, reached, 100, nil)
	checkCounts(t, e, floor, old) // Removed ones count: a reader is told how many it missed.

	kept := mustAppend(t, e, numbered(0, 120, 30))
	if kept[0].Position <= old[119].Position {
		t.Fatalf("position %d was used twice", kept[0].Position)
	}
	checkRemoved(t, e, reached, 100, kept)
	checkCounts(t, e, floor, slices.Concat(old, kept))
	same(t, readBackward(t, e, 0, large), kept)
	ep := e.Epoch()
	if _, err := ep.CheckCursor(ep.Cursor(reached), e.Bounds()); !errors.Is(err, store.ErrCursorTooOld) {
		t.Errorf("a cursor to what was removed: %v, want ErrCursorTooOld", err)
	}
	if r, ok := e.(Reopener); ok {
		again := r.Reopen(t)
		checkRemoved(t, again, reached, 100, kept)
	}
}

// checkRemoved checks that a reader who is at a position that was removed is told so,
// with the right number, and goes on with what is kept.
func checkRemoved(t *testing.T, e Engine, after entry.Position, removed uint64, kept []*entry.Entry) {
	t.Helper()
	got, gaps := readAll(t, e, after, large)
	same(t, got, kept)
	if len(gaps) != 1 || gaps[0].Gap.Reason != store.Retention || gaps[0].Gap.Entries != removed ||
		gaps[0].After != after || gaps[0].Through != e.Bounds().Floor {
		t.Fatalf("the gaps behind %d are %+v, want one of %d entries up to %d", after, gaps, removed, e.Bounds().Floor)
	}
}

// testRetentionInUse removes entries under readers, who must see or be told of each one.
func testRetentionInUse(t *testing.T, e Engine) {
	x, ok := e.(Expirer)
	if !ok {
		t.Skip("the engine is no Expirer")
	}
	const rounds, perRound, readers = 20, 200, 4
	begin := e.Bounds().Head
	var wg sync.WaitGroup
	for i := range readers {
		wg.Go(func() {
			var seen uint64
			for after := begin; seen < rounds*perRound; {
				batch, err := e.Read(t.Context(), after, 1<<(10+2*i))
				if err != nil {
					t.Errorf("Read: %v", err)
					return
				}
				if batch.Gap != nil {
					seen += batch.Gap.Entries
				}
				seen += uint64(len(batch.Entries))
				after = batch.Through
			}
			if seen != rounds*perRound {
				t.Errorf("a reader saw or was told of %d entries, want %d", seen, rounds*perRound)
			}
		})
	}
	var last entry.Position
	for i := range rounds {
		last = mustAppend(t, e, numbered(0, i*perRound, perRound))[perRound-1].Position
		if i%2 == 1 {
			x.Expire(t)
		}
		if b := e.Bounds(); b.Floor > b.Head || b.Head != last {
			t.Errorf("the bounds are %+v, the last entry at %d", b, last)
		}
	}
	wg.Wait()
}
