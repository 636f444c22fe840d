package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

var discard = slog.New(slog.DiscardHandler)

func add(t *testing.T, b *ingest.Batcher, messages ...string) {
	t.Helper()
	for _, m := range messages {
		if err := b.Add(t.Context(), &entry.Entry{Message: m}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBatcherLinger holds that a lone entry is stored soon, and company with it.
func TestBatcherLinger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{}
		b := ingest.NewBatcher(newSink(l, ingest.Limits{}), discard)
		add(t, b, "one")
		time.Sleep(2 * time.Millisecond)
		add(t, b, "two")
		time.Sleep(4 * time.Millisecond)
		synctest.Wait()
		if diff := cmp.Diff([]string{"one", "two"}, l.messages()); diff != "" || l.calls != 1 {
			t.Errorf("after 6 ms, in %d calls (-want +got):\n%s", l.calls, diff)
		}
		add(t, b, "three")
		if err := b.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"one", "two", "three"}, l.messages()); diff != "" {
			t.Errorf("after Close (-want +got):\n%s", diff)
		}
		if err := b.Add(t.Context(), &entry.Entry{}); err == nil {
			t.Error("an entry was taken after Close")
		}
	})
}

// TestBatcherRetries holds that what the store refuses is kept, in order, and that its
// source waits.
func TestBatcherRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{}
		l.fail(fmt.Errorf("%w: 95 %%", store.ErrFull))
		b := ingest.NewBatcher(newSink(l, ingest.Limits{}), discard)
		var want []string
		var wg sync.WaitGroup
		added := 0
		for i := range 5000 {
			want = append(want, strconv.Itoa(i))
		}
		wg.Go(func() {
			for _, m := range want {
				add(t, b, m)
				added++
			}
		})
		time.Sleep(time.Minute)
		synctest.Wait()
		if added > 2*1024 {
			t.Errorf("%d entries are held while the store takes none", added)
		}
		if l.calls < 5 || l.calls > 60 {
			t.Errorf("the store was tried %d times in a minute", l.calls)
		}
		l.fail(nil)
		wg.Wait()
		if err := b.Flush(t.Context()); err != nil {
			t.Error(err)
		}
		if !slices.Equal(want, l.messages()) {
			t.Errorf("%d entries were stored, or in another order", len(l.messages()))
		}
		if err := b.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestBatcherBytes holds that few large entries are bounded as many small ones are.
func TestBatcherBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{gate: make(chan struct{})}
		b := ingest.NewBatcher(newSink(l, ingest.Limits{}), discard)
		large := strings.Repeat("x", 300<<10)
		var wg sync.WaitGroup
		added := 0
		wg.Go(func() {
			for range 20 {
				add(t, b, large)
				added++
			}
		})
		synctest.Wait()
		if added > 8 {
			t.Errorf("%d entries of 300 KiB are held", added)
		}
		close(l.gate)
		wg.Wait()
		if err := b.Close(t.Context()); err != nil || len(l.messages()) != 20 {
			t.Errorf("%d entries stored: %v", len(l.messages()), err)
		}
	})
}

func TestBatcherEnds(t *testing.T) {
	t.Run("the store is closed", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l := &log{}
			l.fail(store.ErrClosed)
			b := ingest.NewBatcher(newSink(l, ingest.Limits{}), discard)
			add(t, b, "one")
			if err := b.Flush(t.Context()); !errors.Is(err, store.ErrClosed) {
				t.Errorf("Flush: %v", err)
			}
			if err := b.Add(t.Context(), &entry.Entry{}); !errors.Is(err, store.ErrClosed) {
				t.Errorf("Add: %v", err)
			}
			if err := b.Close(t.Context()); !errors.Is(err, store.ErrClosed) || l.calls != 1 {
				t.Errorf("Close: %v after %d calls", err, l.calls)
			}
		})
	})
	t.Run("Close runs out of time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l := &log{}
			l.fail(store.ErrFull)
			b := ingest.NewBatcher(newSink(l, ingest.Limits{}), discard)
			add(t, b, "one", "two")
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			err := b.Close(ctx)
			if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "2 entries") {
				t.Errorf("Close: %v", err)
			}
		})
	})
	t.Run("Add and Flush are cancelled", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l := &log{gate: make(chan struct{})}
			b := ingest.NewBatcher(newSink(l, ingest.Limits{}), discard)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			var err error
			for err == nil {
				err = b.Add(ctx, &entry.Entry{Message: "m"})
			}
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Add: %v", err)
			}
			if err := b.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Flush: %v", err)
			}
			close(l.gate)
			if err := b.Close(t.Context()); err != nil || len(l.messages()) != 2048 {
				t.Errorf("%d stored: %v", len(l.messages()), err)
			}
		})
	})
}

// TestBatcherConcurrent holds that each source's order survives others.
func TestBatcherConcurrent(t *testing.T) {
	l := &log{}
	b := ingest.NewBatcher(newSink(l, ingest.Limits{}), discard)
	const sources, each = 8, 3000
	var wg sync.WaitGroup
	for s := range sources {
		wg.Go(func() {
			for i := range each {
				add(t, b, strconv.Itoa(s)+" "+strconv.Itoa(i))
			}
		})
	}
	wg.Wait()
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	next := make(map[string]int)
	for _, m := range l.messages() {
		source, number, _ := strings.Cut(m, " ")
		if strconv.Itoa(next[source]) != number {
			t.Fatalf("source %s: %s came when %d was due", source, number, next[source])
		}
		next[source]++
	}
	if len(next) != sources || len(l.messages()) != sources*each {
		t.Errorf("%d entries of %d sources", len(l.messages()), len(next))
	}
}
