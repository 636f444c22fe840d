// Package storetest holds an engine of package store to what that package guarantees.
// An engine's tests call [Run].
package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// Engine is what every engine offers.
type Engine interface {
	Append(ctx context.Context, entries []*entry.Entry) error
	Follow(ctx context.Context, after entry.Position, publish func([]*entry.Entry)) error
	Read(ctx context.Context, after entry.Position, maxBytes int) (store.Batch, error)
	ReadBackward(ctx context.Context, before entry.Position, maxBytes int) (store.Batch, error)
	PositionAt(ctx context.Context, t time.Time) (entry.Position, error)
	Entries(after, through entry.Position) uint64
	Bounds() store.Bounds
	Epoch() store.Epoch
	Health() error
	Close() error
}

// Reopener is an Engine that can be closed and opened again with what it holds.
type Reopener interface {
	Engine
	Reopen(t *testing.T) Engine
}

// Expirer is an Engine that can be made to remove everything that it has been given so
// far, as if it were too old.
type Expirer interface {
	Engine
	Expire(t *testing.T)
}

// Run tests an engine. Open returns a new one that is empty, and closes it when the test
// ends; that it was closed before must not matter. An engine that is a [Reopener] or an
// [Expirer] is tested further.
func Run(t *testing.T, open func(t *testing.T) Engine) {
	t.Helper()
	tests := []struct {
		name string
		run  func(*testing.T, Engine)
	}{
		{"empty", testEmpty},
		{"read what was appended", testRead},
		{"read from every position", testReadFromEverywhere},
		{"read backward from every position", testReadBackward},
		{"read no more than asked for", testReadBounded},
		{"positions at a time", testPositionAt},
		{"entries are counted", testEntries},
		{"times are set", testTimes},
		{"cursors", testCursors},
		{"follow from the beginning", testFollow},
		{"follow the same entries", testFollowSame},
		{"follow while others append and read", testConcurrent},
		{"a slow follower loses nothing", testSlowFollower},
		{"a cancelled context", testCancelled},
		{"closed", testClosed},
		{"closed while in use", testClosedInUse},
		{"opened again", testReopen},
		{"retention", testRetention},
		{"retention while in use", testRetentionInUse},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}
