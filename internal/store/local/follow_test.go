package local

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// TestFollowPastDamage checks that a follower goes on behind what cannot be read.
func TestFollowPastDamage(t *testing.T) {
	l, stored := fileOfBlocks(t, Config{Dir: t.TempDir()})
	gaps := []stretch{{1, 50}, {351, 400}, {951, 1000}}
	for _, g := range gaps {
		changeBlock(t, l, g.from, func(b []byte) []byte { return b[:headerBytes] })
	}
	live := samples(1000, 10)
	errEnough := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	var got []*entry.Entry
	err := l.Follow(ctx, 0, func(entries []*entry.Entry) {
		if got = append(got, entries...); len(got) == 850 {
			if err := l.Append(ctx, live); err != nil {
				t.Error(err)
			}
		}
		if len(got) == 860 {
			cancel(errEnough)
		}
	})
	if !errors.Is(err, errEnough) {
		t.Errorf("Follow: %v, want the context's cause", err)
	}
	checkEntries(t, "followed", got, slices.Concat(without(stored, gaps), live))
}
