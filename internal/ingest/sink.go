// Package ingest is the one way by which entries come into the log.
//
// Every adapter, whatever it speaks, hands its entries to a [Sink], which makes them fit
// to be stored and stores them. What an adapter may count on:
//
//   - Append returns only when the store has the entries. An adapter acknowledges
//     nothing to its sender before that, so whatever was acknowledged is stored.
//   - Nothing is refused for its form. What is too long is cut, what is too much is
//     left out, and attributes of the entry say so.
//   - When the store cannot take more, Append says so with the store's own error
//     (store.ErrFull: try again later). An adapter with a sender that waits for an
//     answer passes that on. One without, a file or standard input, goes through a
//     [Batcher], which waits and tries again and so makes its source wait.
//
// The packages below are the adapters (otlp, file, stdin, body) and what several of
// them share (line, inflate). No adapter imports another.
package ingest

import (
	"context"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// Appender is the log that entries are stored in.
type Appender interface {
	// Append stores all the entries or none, and returns once they are stored. They
	// must not be changed afterwards.
	Append(ctx context.Context, entries []*entry.Entry) error
}

// Sink is where all entries come in. It is safe for concurrent use.
type Sink struct {
	store  Appender
	limits Limits
	now    func() time.Time
}

// NewSink returns a Sink that stores in store what it has cut to limits; limits that are
// 0 have their default. now is the clock by which entries without a time are stamped.
func NewSink(store Appender, limits Limits, now func() time.Time) *Sink {
	return &Sink{store: store, limits: limits.orDefault(), now: now}
}

// Append makes the entries fit to be stored, stores them all or none, and returns once
// they are stored. The caller gives them away.
//
// An entry without an observed time gets the time of the call, one without a timestamp
// gets its observed time. All text becomes valid UTF-8. What exceeds the [Limits] is cut
// and told by attributes, see there. Errors are those of the store.
func (s *Sink) Append(ctx context.Context, entries []*entry.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	now := s.now().UnixNano()
	for _, e := range entries {
		if e.Observed == 0 {
			e.Observed = now
		}
		if e.Timestamp == 0 {
			e.Timestamp = e.Observed
		}
		s.limits.fit(e)
	}
	return s.store.Append(ctx, entries)
}

var _ Appender = (*Sink)(nil)
