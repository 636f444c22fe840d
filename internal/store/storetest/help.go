package storetest

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// numbered returns entries that say which they are: the numbers from, from+1, … of a
// writer.
func numbered(writer, from, n int) []*entry.Entry {
	entries := make([]*entry.Entry, n)
	for i := range entries {
		entries[i] = &entry.Entry{
			Timestamp:  int64(1_700_000_000_000_000_000 + from + i),
			Observed:   int64(1_700_000_001_000_000_000 + from + i),
			Severity:   entry.Severity(uint8((from + i) % 25)),
			Service:    fmt.Sprintf("writer-%d", writer),
			Host:       "host",
			Message:    fmt.Sprint(from + i),
			Attributes: []entry.Attribute{{Key: "a", Value: fmt.Sprint(i)}, {Key: "b"}},
		}
	}
	return entries
}

func mustAppend(t *testing.T, e Engine, entries []*entry.Entry) []*entry.Entry {
	t.Helper()
	if err := e.Append(t.Context(), entries); err != nil {
		t.Fatalf("Append: %v", err)
	}
	return entries
}

// fill appends n entries in batches of different lengths.
func fill(t *testing.T, e Engine, n int) (all []*entry.Entry) {
	t.Helper()
	for len(all) < n {
		all = append(all, mustAppend(t, e, numbered(0, len(all), min(1+len(all)%7*3, n-len(all))))...)
	}
	return all
}

// readAll reads behind a position up to the end of the log, and checks each batch.
func readAll(t *testing.T, e Engine, after entry.Position, maxBytes int) (all []*entry.Entry, gaps []store.Batch) {
	t.Helper()
	for {
		batch, err := e.Read(t.Context(), after, maxBytes)
		if err != nil {
			t.Fatalf("Read(%d): %v", after, err)
		}
		if batch.After != after {
			t.Fatalf("Read(%d) returned what is behind %d", after, batch.After)
		}
		checkBatch(t, batch)
		if batch.Through == batch.After {
			return all, gaps
		}
		if batch.Gap != nil {
			gaps = append(gaps, batch)
		}
		all, after = append(all, batch.Entries...), batch.Through
	}
}

// checkBatch checks what holds for every batch.
func checkBatch(t *testing.T, batch store.Batch) {
	t.Helper()
	last := batch.After
	for _, e := range batch.Entries {
		if e.Position <= last || e.Position > batch.Through {
			t.Fatalf("position %d behind %d, in a batch from %d through %d", e.Position, last, batch.After, batch.Through)
		}
		last = e.Position
	}
	if batch.Gap != nil && (len(batch.Entries) > 0 || batch.Through <= batch.After || batch.Gap.Reason == 0) {
		t.Fatalf("a gap that is none: %+v, %+v", batch, *batch.Gap)
	}
}

// same fails unless got are the entries that were appended, by position and content.
func same(t *testing.T, got, want []*entry.Entry) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d entries, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i].Position != want[i].Position || !bytes.Equal(got[i].Wire(), want[i].Wire()) {
			t.Fatalf("entry %d is %q at %d, want %q at %d",
				i, got[i].Message, got[i].Position, want[i].Message, want[i].Position)
		}
	}
}

// behind returns the entries behind a position.
func behind(entries []*entry.Entry, after entry.Position) []*entry.Entry {
	for i, e := range entries {
		if e.Position > after {
			return entries[i:]
		}
	}
	return nil
}

// following is a call of Follow in a goroutine of its own.
type following struct {
	batches chan []*entry.Entry
	ended   chan error
	cancel  context.CancelCauseFunc
}

// follow begins to follow. The test's end ends it, too.
func follow(t *testing.T, e Engine, after entry.Position) *following {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	f := &following{batches: make(chan []*entry.Entry), ended: make(chan error, 1), cancel: cancel}
	go func() {
		f.ended <- e.Follow(ctx, after, func(entries []*entry.Entry) {
			select {
			case f.batches <- entries:
			case <-ctx.Done():
			}
		})
	}()
	t.Cleanup(func() {
		cancel(nil)
		select {
		case err := <-f.ended:
			f.ended <- err
		case <-time.After(patience):
			t.Error("Follow did not end")
		}
	})
	return f
}

// take receives n entries.
func (f *following) take(t *testing.T, n int) (all []*entry.Entry) {
	t.Helper()
	for len(all) < n {
		select {
		case entries := <-f.batches:
			if len(entries) == 0 {
				t.Fatal("an empty batch was published")
			}
			all = append(all, entries...)
		case err := <-f.ended:
			f.ended <- err
			t.Fatalf("Follow ended: %v", err)
		case <-time.After(patience):
			t.Fatalf("%d entries of %d in %v", len(all), n, patience)
		}
	}
	if len(all) > n {
		t.Fatalf("%d entries, want %d", len(all), n)
	}
	return all
}

// end waits until Follow returns.
func (f *following) end(t *testing.T) error {
	t.Helper()
	for {
		select {
		case <-f.batches:
		case err := <-f.ended:
			f.ended <- err
			return err
		case <-time.After(patience):
			t.Fatal("Follow did not end")
		}
	}
}
