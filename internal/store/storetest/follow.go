package storetest

import (
	"cmp"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

func testFollow(t *testing.T, e Engine) {
	begin := e.Bounds().Head
	stored := fill(t, e, 300)
	all, half := follow(t, e, begin), follow(t, e, stored[149].Position)
	same(t, all.take(t, 300), stored)
	same(t, half.take(t, 150), stored[150:])
	live := mustAppend(t, e, numbered(0, 300, 20))
	same(t, all.take(t, 20), live)
	same(t, half.take(t, 20), live)
}

// testFollowSame checks that what is live does not go through an encoding.
func testFollowSame(t *testing.T, e Engine) {
	first := mustAppend(t, e, numbered(0, 0, 1))
	f := follow(t, e, e.Bounds().Floor)
	same(t, f.take(t, 1), first) // It may not be live yet: one more makes sure.
	f.goLive(t, e)
	want := mustAppend(t, e, numbered(0, 10, 20))
	if got := f.take(t, 20); !slices.Equal(got, want) {
		t.Error("the entries that were handed over are not those that were appended")
	}
}

// goLive appends and receives until an entry came that is the very one.
func (f *following) goLive(t *testing.T, e Engine) {
	t.Helper()
	for i := range 1000 {
		want := mustAppend(t, e, numbered(1, i, 1))
		if got := f.take(t, 1); got[0] == want[0] {
			return
		}
	}
	t.Fatal("entries that are appended are never handed over as they are")
}

// testConcurrent has writers, followers and readers at work at the same time, and checks
// that all of them saw the same log, in which each writer's entries are in order.
func testConcurrent(t *testing.T, e Engine) {
	const writers, batches, perBatch, followers = 8, 25, 20, 4
	const total = writers * batches * perBatch
	begin := e.Bounds().Head
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range batches {
				if err := e.Append(t.Context(), numbered(w, i*perBatch, perBatch)); err != nil {
					t.Errorf("Append: %v", err)
					return
				}
			}
		})
	}
	var seen [followers][]*entry.Entry
	for i := range followers {
		f := follow(t, e, begin)
		wg.Go(func() { seen[i] = f.take(t, total) })
	}
	var read []*entry.Entry
	for after := begin; len(read) < total && !t.Failed(); {
		batch, err := e.Read(t.Context(), after, 1000)
		if err != nil {
			t.Fatalf("Read: %v", err)
		}
		checkBatch(t, batch)
		read, after = append(read, batch.Entries...), batch.Through
	}
	wg.Wait()
	checkWriters(t, read, writers)
	for _, s := range seen {
		same(t, s, read)
	}
}

// checkWriters checks that each writer's entries are all there, in order.
func checkWriters(t *testing.T, entries []*entry.Entry, writers int) {
	t.Helper()
	next := map[string]int{}
	for _, x := range entries {
		if n := next[x.Service]; x.Message != strconv.Itoa(n) {
			t.Fatalf("entry %s of %s, want %d", x.Message, x.Service, n)
		}
		next[x.Service]++
	}
	if len(next) != writers {
		t.Errorf("entries of %d writers, want %d", len(next), writers)
	}
	if !slices.IsSortedFunc(entries, func(a, b *entry.Entry) int { return cmp.Compare(a.Position, b.Position) }) {
		t.Error("positions do not increase")
	}
}

// testSlowFollower appends more than any queue holds before the follower takes a thing.
func testSlowFollower(t *testing.T, e Engine) {
	const total = 500
	f := follow(t, e, e.Bounds().Head)
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range total {
			if err := e.Append(t.Context(), numbered(0, i, 1)); err != nil {
				t.Errorf("Append: %v", err)
				return
			}
		}
	})
	// What is stored can be read, even while nobody takes what is published.
	for e.Bounds().Head == e.Bounds().Floor && !t.Failed() {
		if _, err := e.Read(t.Context(), e.Bounds().Floor, large); err != nil {
			t.Fatal(err)
		}
	}
	got := f.take(t, total)
	wg.Wait()
	checkWriters(t, got, 1)
}
