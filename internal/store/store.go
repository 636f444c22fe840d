// Package store is the log: what its engines have in common.
//
// An engine keeps entries in the order of their positions, which it alone assigns. What
// every engine guarantees, and package storetest checks:
//
//   - Append returns only when the entries are stored as durably as configured; what
//     was acknowledged survives a crash of the process.
//   - Positions strictly increase in the order in which entries become visible, and are
//     never used twice within an [Epoch]. There may be holes.
//   - A reader sees every retained entry once and in order. What it cannot be given, it
//     is told as a [Gap]; nothing is skipped without a word.
//   - A follower is handed every batch that was appended, in order, as it was appended.
//
// Each caller declares the interface that it needs of an engine; all methods of an
// engine are safe for concurrent use.
package store

import (
	"errors"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// Errors that engines return, possibly wrapped with what they know of the cause.
var (
	// ErrClosed means that the store is being closed or is closed.
	ErrClosed = errors.New("the store is closed")
	// ErrFull means that the disk is nearly full. Try again later: the store takes
	// entries again as soon as there is room.
	ErrFull = errors.New("the store's disk is nearly full")
	// ErrFailed means that the disk failed. Try again later: what was to be stored is not,
	// and the store takes entries again, and can be read, as soon as the disk works.
	ErrFailed = errors.New("the store's disk failed")
	// ErrTooLarge means that this much cannot be stored at a time: try again with less.
	ErrTooLarge = errors.New("this is too much to be stored at a time")
	// ErrLocked means that another process has the store open.
	ErrLocked = errors.New("the store is in use by another process")
)

// Batch is what one read returned: a stretch of the log. It holds every retained entry
// behind After, up to and including Through; Through equal to After means that the log
// ends there for now.
type Batch struct {
	After, Through entry.Position
	// Entries are in the order of their positions. They are shared: see [entry.Entry].
	Entries []*entry.Entry
	// Gap is set where the whole stretch could not be read; Entries is empty then.
	Gap *Gap
}

// Gap says why a stretch of the log cannot be read.
type Gap struct {
	Reason GapReason
	// Entries is how many entries the stretch held.
	Entries uint64
}

// GapReason says why entries are missing.
type GapReason uint8

// The reasons for a gap.
const (
	// Retention removed the entries.
	Retention GapReason = iota + 1
	// Damage was found where they were stored.
	Damage
)

// Bounds is the stretch of the log that is retained: the positions behind Floor, up to
// and including Head. Everything up to Floor has been removed.
type Bounds struct {
	Floor, Head entry.Position
}
