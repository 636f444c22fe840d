package bench

import (
	"context"
	"errors"
	"sync"

	"github.com/seed-2f16ea30/logsieve/internal/bench/load"
	"github.com/seed-2f16ea30/logsieve/internal/bench/process"
	"github.com/seed-2f16ea30/logsieve/internal/bench/report"
)

const (
	stallPerSecond = 5000
	stallSeconds   = 10
	// stalledEach is how many streams of each transport stop reading.
	stalledEach = 10
	// ringful is more than the server keeps in memory of what is newest.
	ringful = 100_000
)

// stall measures subscribers that stop reading while entries are written, and then read
// on: that none is lost, and how much memory they cost while they stand still. It is
// compared with the same load for one subscriber that reads, since a ring that fills and
// a heap that grows with any load are not theirs.
func stall(ctx context.Context, r *run) (err error) {
	const mostEach = 1536
	s, err := r.ownServer(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.writers.Flood(ctx, s.writers.Spread(r.entries(ringful))); err != nil {
		return err
	}
	without, _, err := r.stallOnce(ctx, s, 0)
	if err != nil {
		return err
	}
	each := r.scaled(stalledEach)
	with, kept, err := r.stallOnce(ctx, s, each)
	if err != nil {
		return err
	}
	more := float64(max(with-without, 0)) / kibibyte / float64(2*each)
	r.add("memory of each stalled stream, at its peak", more, "KiB", report.AtMost(mostEach))
	r.add("delivered meanwhile to one that reads", kept, "% of what was written", report.AtLeast(wellKept))
	return nil
}

const (
	kibibyte = 1 << 10
	mebibyte = 1 << 20
	// wellKept is how much of what was written must have been delivered at once to
	// whoever reads, in per cent: the rest was on its way.
	wellKept = 99
)

// stallOnce writes for one stream that reads and so many of each transport that do not,
// lets these read on, and returns the server's peak of memory until then, and how much of
// what was written had come to the one that reads, in per cent.
func (r *run) stallOnce(ctx context.Context, s *server, each int) (peak int64, kept float64, err error) {
	plan := s.writers.One(r.entries(stallPerSecond * stallSeconds))
	reading := newCrowd(overGRPC, s.addresses)
	defer reading.close()
	if err := reading.watch(ctx, s, 1, plan, everything); err != nil {
		return 0, 0, err
	}
	native, sockets, g := newCrowd(overGRPC, s.addresses), newCrowd(overWebSocket, s.addresses), newGate()
	defer native.close()
	defer sockets.close()
	defer g.open() // before they are closed, which waits for their receivers
	for _, c := range []*crowd{native, sockets} {
		if err := c.stop(ctx, s, each, plan, g); err != nil {
			return 0, 0, err
		}
	}
	if err := process.ResetPeak(s.pid); err != nil {
		return 0, 0, err
	}
	if err := s.writers.Pace(ctx, plan, stallPerSecond); err != nil {
		return 0, 0, err
	}
	came, of := reading.tallies[0].Delivered()
	kept = 100 * float64(came) / float64(of)
	if peak, err = process.PeakResident(s.pid); err != nil {
		return 0, 0, err
	}
	g.open()
	err = errors.Join(r.settle(ctx, reading), r.settle(ctx, native), r.settle(ctx, sockets))
	return peak, kept, err
}

// stop adds n streams that are live and read no entry before the gate is open.
func (c *crowd) stop(ctx context.Context, s *server, n int, plan load.Plan, g *gate) error {
	for range n {
		tally := load.NewTally(load.Everything(), plan)
		stream, err := c.join(ctx, s.filter(load.Everything()), &patient{Tally: tally, gate: g})
		if err == nil {
			err = stream.Live(ctx)
		}
		if err != nil {
			return err
		}
		c.tallies = append(c.tallies, tally)
	}
	return nil
}

// patient is a tally that waits at a gate.
type patient struct {
	*load.Tally

	gate *gate
}

// Entry waits, and then takes the entry.
func (p *patient) Entry(id load.ID) {
	<-p.gate.opened
	p.Tally.Entry(id)
}

// gate is something that many wait for.
type gate struct {
	once   sync.Once
	opened chan struct{}
}

func newGate() *gate { return &gate{opened: make(chan struct{})} }

// open lets everybody through, now and later.
func (g *gate) open() { g.once.Do(func() { close(g.opened) }) }
