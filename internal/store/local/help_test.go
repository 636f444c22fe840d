package local

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// checkLog reads the whole log, forward and backward and in small and large pieces, and
// checks that it holds the wanted entries, in order, and these gaps and no other.
func checkLog(t *testing.T, l *Log, want []*entry.Entry, gaps []stretch) {
	t.Helper()
	for _, maxBytes := range []int{1, 10_000, 1 << 30} {
		var got []*entry.Entry
		var damaged []stretch
		bounds := l.Bounds()
		for after := bounds.Floor; after < bounds.Head; {
			batch, err := l.Read(t.Context(), after, maxBytes)
			if err != nil || batch.After != after || batch.Through <= after {
				t.Fatalf("Read(%d): %+v, %v", after, batch, err)
			}
			damaged = append(damaged, gapOf(t, batch)...)
			got, after = append(got, batch.Entries...), batch.Through
		}
		checkEntries(t, "forward", got, want)
		checkGaps(t, "forward", damaged, gaps)

		got, damaged = nil, nil
		for before := bounds.Head + 1; before > bounds.Floor+1; {
			batch, err := l.ReadBackward(t.Context(), before, maxBytes)
			if err != nil || batch.Through != before-1 || batch.After >= batch.Through {
				t.Fatalf("ReadBackward(%d): %+v, %v", before, batch, err)
			}
			damaged = slices.Concat(gapOf(t, batch), damaged)
			got, before = slices.Concat(batch.Entries, got), batch.After+1
		}
		checkEntries(t, "backward", got, want)
		checkGaps(t, "backward", damaged, gaps)
	}
}

func gapOf(t *testing.T, batch store.Batch) []stretch {
	t.Helper()
	if batch.Gap == nil {
		return nil
	}
	if n := uint64(batch.Through - batch.After); batch.Gap.Reason != store.Damage || batch.Gap.Entries != n {
		t.Errorf("the gap of %d entries is %+v", n, *batch.Gap)
	}
	return []stretch{{batch.After + 1, batch.Through}}
}

func checkEntries(t *testing.T, direction string, got, want []*entry.Entry) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d entries, want %d", direction, len(got), len(want))
	}
	for i := range got {
		if got[i].Position != want[i].Position || !bytes.Equal(got[i].Wire(), want[i].Wire()) {
			t.Fatalf("%s: entry %d is %q at %d, want %q at %d", direction, i,
				got[i].Message, got[i].Position, want[i].Message, want[i].Position)
		}
	}
}

func checkGaps(t *testing.T, direction string, got, want []stretch) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("%s: the gaps are %v, want %v", direction, got, want)
	}
}

// without returns the entries outside some stretches.
func without(entries []*entry.Entry, gaps []stretch) []*entry.Entry {
	return slices.DeleteFunc(slices.Clone(entries), func(e *entry.Entry) bool {
		return slices.ContainsFunc(gaps, func(g stretch) bool { return g.from <= e.Position && e.Position <= g.to })
	})
}

func wantError(t *testing.T, cfg Config, text string) {
	t.Helper()
	l, err := Open(cfg, discard())
	if err == nil {
		closeLog(t, l)
	}
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("Open: %v, want an error about %q", err, text)
	}
}
