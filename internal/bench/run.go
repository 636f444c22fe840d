package bench

import (
	"context"
	"errors"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/bench/load"
	"github.com/seed-2f16ea30/logsieve/internal/bench/process"
	"github.com/seed-2f16ea30/logsieve/internal/bench/report"
)

// run is the measuring of one row.
type run struct {
	*bench

	row string
}

// million is of how many entries or deliveries processor time is told.
const million = 1e6

// scaled returns how many of n there are at the scale of the run, one at least.
func (r *run) scaled(n int) int { return max(int(float64(n)*r.options.Scale), 1) }

// entries is scaled, for how many entries are written.
func (r *run) entries(n int) uint64 {
	return uint64(r.scaled(n)) //nolint:gosec // G115: above 0.
}

// add adds a figure to the report.
func (r *run) add(what string, value float64, unit string, goal *report.Goal, ceilings ...report.Ceiling) {
	r.report.Measures = append(r.report.Measures, report.Measure{
		Row: r.row, What: what, Value: value, Unit: unit, Goal: goal, Ceilings: ceilings,
	})
}

// deliver adds what streams of a row were sent, to what others of that row were.
func (r *run) deliver(streams int, counts load.Counts) {
	if n := len(r.report.Deliveries); n > 0 && r.report.Deliveries[n-1].Row == r.row {
		last := &r.report.Deliveries[n-1]
		last.Streams += streams
		last.Add(counts)
		return
	}
	r.report.Deliveries = append(r.report.Deliveries, report.Deliveries{Row: r.row, Streams: streams, Counts: counts})
}

// spent is what something has cost a process.
type spent struct {
	cpu   time.Duration
	known bool // whether cpu is
	wall  time.Duration
}

// perMillion returns the processor time of a million, in seconds.
func (s spent) perMillion(n uint64) float64 { return s.cpu.Seconds() / float64(n) * million }

// perSecond returns how many of n there were in a second.
func (s spent) perSecond(n uint64) float64 { return float64(n) / s.wall.Seconds() }

// cost returns what do costs a process.
func cost(pid int, do func() error) (s spent, err error) {
	before, err := cpu(pid)
	if err != nil && !errors.Is(err, process.ErrUnknown) {
		return s, err
	}
	s.known = err == nil
	begin := time.Now()
	if err := do(); err != nil {
		return s, err
	}
	s.wall = time.Since(begin)
	if s.known {
		after, err := cpu(pid)
		if err != nil {
			return s, err
		}
		s.cpu = after - before
	}
	return s, nil
}

// cpu returns the processor time of a process that may be unknown.
func cpu(pid int) (time.Duration, error) {
	if pid == 0 {
		return 0, process.ErrUnknown
	}
	return process.CPU(pid)
}

// addCPU adds the processor time of n, if it is known.
func (r *run) addCPU(what string, s spent, n uint64, goal *report.Goal, ceilings ...report.Ceiling) {
	if s.known {
		r.add(what, s.perMillion(n), "CPU-s per million", goal, ceilings...)
	}
}

// pause waits for a while, for what a server does in the background.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
