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
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/auth"
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
	rates  *rateLimiter // nil: as fast as they come
}

// NewSink returns a Sink that stores in store what it has cut to limits; limits that are
// 0 have their default. now is the clock by which entries without a time are stamped.
func NewSink(store Appender, limits Limits, now func() time.Time) *Sink {
	return &Sink{store: store, limits: limits.orDefault(), now: now}
}

// LimitRates holds each principal that has a name to rates, and calls hit with the key of a
// rate each time that it bites. Call it before anything is appended.
func (s *Sink) LimitRates(rates Rates, hit func(limit string)) { s.rates = newRateLimiter(rates, hit) }

// Append makes the entries fit to be stored, stores them all or none, and returns once
// they are stored. The caller gives them away.
//
// An entry without an observed time gets the time of the call, one without a timestamp
// gets its observed time. All text becomes valid UTF-8. What exceeds the [Limits] is cut
// and told by attributes, see there. What the principal of the context is stamped with, if
// there is one, replaces what the entries say. Errors are those of the store, and a
// *fault.Problem, RESOURCE_EXHAUSTED, for a principal that is above its rates.
func (s *Sink) Append(ctx context.Context, entries []*entry.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	at := s.now()
	now := at.UnixNano()
	p := auth.FromContext(ctx)
	if p != nil && p.Name != "" && s.rates != nil {
		if err := s.rates.take(p.Name, entries, at); err != nil {
			return err
		}
	}
	for _, e := range entries {
		if e.Observed == 0 {
			e.Observed = now
		}
		if e.Timestamp == 0 {
			e.Timestamp = e.Observed
		}
		s.limits.fit(e)
		if p != nil {
			stamp(e, &p.Stamp)
		}
	}
	return s.store.Append(ctx, entries)
}

// stamp writes over what an entry says. It comes after the entry was cut: an entry with
// as many attributes as it may have would otherwise lose the one that tells whose it is.
func stamp(e *entry.Entry, s *auth.Stamp) {
	e.Service = cmp.Or(s.Service, e.Service)
	e.Host = cmp.Or(s.Host, e.Host)
	if len(s.Attributes) > 0 {
		// Of two with one key the first stays. A slice of its own: see fitAttributes.
		e.Attributes = entry.SortAttributes(slices.Concat(s.Attributes, e.Attributes))
	}
}

var _ Appender = (*Sink)(nil)
