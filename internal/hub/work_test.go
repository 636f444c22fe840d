package hub

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// hostile takes 110 ms on 16 KiB of a and b.
var hostile = mustParse("message=~'[ab]{0,490}c'")

// large returns entries that are as dear as can be to a regular expression.
func large(after entry.Position, n int) (entries []*entry.Entry) {
	text := strings.Repeat("ab", filter.MaxRegexText/2)
	for p := range entry.Position(n) {
		e := &entry.Entry{Message: text}
		e.Freeze(after + p + 1)
		entries = append(entries, e)
	}
	return entries
}

// TestDearEntriesAreHandedOverUndecided publishes what takes too long to judge: whoever might
// want it gets it, for their stream to judge.
func TestDearEntriesAreHandedOverUndecided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(Config{RingEntries: 100, RingBytes: 1 << 20}, newMemory())
		dear, other := NewSubscription(hostile, 1<<30), NewSubscription(odd, 1<<30)
		h.Join(dear, 0)
		h.Join(other, 0)
		const n = 20
		h.publish(large(0, n))
		if got := h.Take(dear, nil); len(got.Entries) != n || !got.Undecided {
			t.Errorf("%d of %d entries were handed over, undecided: %t", len(got.Entries), n, got.Undecided)
		}
		if got := h.Take(dear, nil); got.Undecided {
			t.Error("nothing is undecided")
		}
		if got := h.Take(other, nil); len(got.Entries) != 0 {
			t.Errorf("%d entries were handed to a filter that surely does not select them", len(got.Entries))
		}
		h.Done(dear)
		h.Done(other)
	})
}

// TestWorkComesBack spends what the publisher may spend on regular expressions, and waits.
func TestWorkComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w workRate
		w.refill(time.Now())
		if w.Left != maxWork {
			t.Errorf("at first %d may be done, want %d", w.Left, maxWork)
		}
		w.Left = 0
		time.Sleep(time.Millisecond)
		w.refill(time.Now())
		if want := filter.Work(workPerSecond / 1000); w.Left != want {
			t.Errorf("after a millisecond %d may be done, want %d", w.Left, want)
		}
		time.Sleep(time.Hour)
		w.refill(time.Now())
		if w.Left != maxWork {
			t.Errorf("after an hour %d may be done, want %d", w.Left, maxWork)
		}
	})
}

// TestSelects judges what takes a turn and what does not, and does not wait for a turn
// longer than its caller.
func TestSelects(t *testing.T) {
	h := New(Config{}, newMemory())
	e := large(0, 1)[0]
	found := mustParse("message=~'a[bc]+d'")
	d := &entry.Entry{Message: strings.Repeat("ab", 2000) + "abcd"}
	for range cap(h.dear) + 1 {
		for m, want := range map[*filter.Matcher]bool{everything: true, odd: false} {
			if got, err := h.Selects(t.Context(), m, e); err != nil || got != want {
				t.Errorf("%s: %t, %v", m.Canonical(), got, err)
			}
		}
		if got, err := h.Selects(t.Context(), found, d); err != nil || !got {
			t.Errorf("an expression that matches far behind: %t, %v", got, err)
		}
	}
	for range cap(h.dear) {
		h.dear <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Selects(ctx, hostile, e); !errors.Is(err, context.Canceled) {
		t.Errorf("with no turn to be had: %v", err)
	}
	if got, err := h.Selects(ctx, odd, e); err != nil || got {
		t.Errorf("what needs no turn: %t, %v", got, err)
	}
}

// BenchmarkPublishHostile publishes entries of 16 KiB with a filter that is made to be dear.
func BenchmarkPublishHostile(b *testing.B) {
	h := New(Config{RingEntries: 100, RingBytes: 1 << 20}, newMemory())
	s := NewSubscription(hostile, 1<<20)
	h.Join(s, 0)
	var spare []*entry.Entry
	next := entry.Position(0)
	for b.Loop() {
		h.publish(large(next, 1))
		next++
		spare = h.Take(s, spare).Entries
	}
}
