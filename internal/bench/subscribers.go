package bench

import (
	"context"
	"errors"
	"fmt"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/bench/load"
	"github.com/seed-2f16ea30/logsieve/internal/bench/report"
)

const (
	// subscribersEntries are written for each point of the curve.
	subscribersEntries = 300_000
	// mostGrowth is by how many per cent something may grow that should not grow.
	mostGrowth = 10
)

// subscribers measures what an entry costs the server beside more and more live streams,
// each with a filter of its own that hardly any entry matches.
func subscribers(ctx context.Context, r *run) (err error) {
	s, err := r.ownServer(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	c := newCrowd(overGRPC, s.addresses)
	defer c.close()
	c.multiplex = multiplexed
	// What the server does at first only (files, a heap that grows) is not measured.
	if err := s.writers.Flood(ctx, s.writers.Spread(r.entries(subscribersEntries))); err != nil {
		return err
	}
	curve := report.Curve{
		Name: "growth-subscribers", Title: "What an entry costs the server, beside subscribers with selective filters",
		X: report.Axis{Label: "subscribers", Log: true}, Y: report.Axis{Label: "CPU-seconds per million entries"},
	}
	points := []report.Point{}
	for _, n := range []int{1, 10, 100, 625, 1250, 2500, 5000} {
		if n = r.scaled(n); n <= len(c.streams) && len(points) > 0 {
			continue // at a small scale some are the same
		}
		if err := c.hush(ctx, s, n); err != nil {
			return err
		}
		plan := s.writers.Spread(r.entries(subscribersEntries))
		spent, err := cost(s.pid, func() error { return s.writers.Flood(ctx, plan) })
		if err != nil {
			return err
		}
		points = append(points, report.Point{X: float64(n), Y: spent.perMillion(plan.Total())})
	}
	curve.Series = []report.Series{{Name: "logsieve", Points: points}}
	r.report.Curves = append(r.report.Curves, curve)
	first, last := points[0], points[len(points)-1]
	r.add(fmt.Sprintf("ingest with %.0f subscriber", first.X), first.Y, "CPU-s per million", nil)
	r.add(fmt.Sprintf("ingest with %.0f subscribers", last.X), last.Y, "CPU-s per million", nil)
	r.add("growth with each doubling of the subscribers", doubling(points), "%", report.AtMost(mostGrowth))
	_, err = c.finish(ctx)
	return err
}

// hush adds streams until there are n, each with a filter that no entry matches.
func (c *crowd) hush(ctx context.Context, s *server, n int) error {
	for i := len(c.streams); i < n; i++ {
		f := s.filter(load.Everything())
		f.Query = fmt.Sprintf("trace_id=%032x", i+1)
		stream, err := c.join(ctx, f, &silence{})
		if err == nil {
			err = stream.Live(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// silence takes what should not come.
type silence struct{}

// Entry does nothing: the traces of entries are drawn, and one in 2^96 is that of a
// filter.
func (*silence) Entry(load.ID) {}

// Notice does nothing.
func (*silence) Notice(*loggerv1.LogEntry) {}
