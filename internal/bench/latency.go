package bench

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/sync/errgroup"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/bench/load"
	"github.com/seed-2f16ea30/logsieve/internal/bench/report"
)

const (
	latencyPerSecond = 1000
	// latencyRounds is how often the ways take turns, so that they share the moods of the
	// machine.
	latencyRounds  = 3
	latencySeconds = 3 // of each turn
)

// latency measures the time from the moment at which a writer begins to write an entry,
// each in a call of its own, to the one at which a subscriber of everything has received
// it.
func latency(ctx context.Context, r *run) (err error) {
	s, err := r.server(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	at, stop, err := r.bare(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	native, socket, ping := newTimes(), newTimes(), newTimes()
	for range latencyRounds {
		err := errors.Join(
			r.pingPong(ctx, at, ping),
			r.timed(ctx, s, overGRPC, native),
			r.timed(ctx, s, overWebSocket, socket),
		)
		if err != nil {
			return err
		}
	}
	nats, err := r.nats(ctx, "latency", r.entries(latencyPerSecond*latencyRounds*latencySeconds), latencyPerSecond)
	if err != nil {
		return err
	}
	r.addLatency("gRPC", native, ping, nats)
	r.addLatency("WebSocket", socket, ping, nats)
	return nil
}

// addLatency adds the quantiles of a transport.
func (r *run) addLatency(over string, t, ping *times, nats *natsFigures) {
	for _, q := range []struct {
		name     string
		quantile float64
		most     float64
		nats     func(*natsFigures) float64
	}{
		{"p50", 50, 0.8, func(f *natsFigures) float64 { return f.P50 }},
		{"p99", 99, 8, func(f *natsFigures) float64 { return f.P99 }},
	} {
		ours := t.quantile(q.quantile)
		ceilings := []report.Ceiling{{What: "bare grpc-go, there and back", Value: ping.quantile(q.quantile)}}
		if nats != nil {
			ceilings = append(ceilings, report.Ceiling{What: natsCore, Value: q.nats(nats)})
		}
		r.add(q.name+" over "+over, ours, "ms", report.AtMost(q.most), ceilings...)
		if nats != nil {
			const mostOfNATS = 3
			r.add(q.name+" over "+over+", of NATS core's", ours/q.nats(nats), "times", report.AtMost(mostOfNATS))
		}
	}
}

// timed takes the times of one turn.
func (r *run) timed(ctx context.Context, s *server, over transport, into *times) error {
	plan := s.writers.One(r.entries(latencyPerSecond * latencySeconds))
	tally := load.NewTally(load.Everything(), plan).AnyOrder()
	watch := &stopwatch{Tally: tally, into: into, first: plan.From[0], left: make([]atomic.Int64, plan.Total())}
	c := newCrowd(over, s.addresses)
	defer c.close()
	c.tallies = append(c.tallies, tally)
	stream, err := c.join(ctx, s.filter(load.Everything()), watch)
	if err != nil {
		return err
	}
	if err := stream.Live(ctx); err != nil {
		return err
	}
	group, running := errgroup.WithContext(ctx)
	err = paced(running, plan.Total(), func(i uint64) error {
		// Each in a call of its own: one that is slow holds up no other.
		group.Go(func() error {
			watch.left[i].Store(into.now())
			return s.writers.Single(running, plan, i)
		})
		return nil
	})
	return errors.Join(err, group.Wait(), r.settle(ctx, c))
}

// paced calls do with 0, 1, … at the pace of the row, as near as the machine lets it.
func paced(ctx context.Context, n uint64, do func(i uint64) error) error {
	ticker := time.NewTicker(time.Second / latencyPerSecond)
	defer ticker.Stop()
	for i := range n {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if err := do(i); err != nil {
			return err
		}
	}
	return nil
}

// times are measured by one goroutine at a time.
type times struct {
	base      time.Time
	histogram *hdrhistogram.Histogram // microseconds
}

func newTimes() *times {
	const longest, digits = int64(time.Minute / time.Microsecond), 3
	return &times{base: time.Now(), histogram: hdrhistogram.New(1, longest, digits)}
}

// now is a moment, in nanoseconds.
func (t *times) now() int64 { return int64(time.Since(t.base)) }

// took adds the time since a moment.
func (t *times) took(since int64) {
	micros := (t.now() - since) / int64(time.Microsecond)
	_ = t.histogram.RecordValue(min(max(micros, 1), t.histogram.HighestTrackableValue())) // in range
}

// quantile returns the time that so many per cent do not exceed, in milliseconds.
func (t *times) quantile(percent float64) float64 {
	return float64(t.histogram.ValueAtQuantile(percent)) / float64(time.Millisecond/time.Microsecond)
}

// stopwatch is a tally that takes the time of each entry.
type stopwatch struct {
	*load.Tally

	into  *times
	first uint64         // the number of the first entry
	left  []atomic.Int64 // when each was written
}

// Entry takes an entry.
func (w *stopwatch) Entry(id load.ID) {
	if place := id.Number - w.first; id.Number >= w.first && place < uint64(len(w.left)) {
		w.into.took(w.left[place].Load())
	}
	w.Tally.Entry(id)
}

// Notice takes a notice.
func (w *stopwatch) Notice(n *loggerv1.LogEntry) { w.Tally.Notice(n) }
