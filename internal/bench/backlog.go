package bench

import (
	"context"
	"errors"

	"github.com/seed-2f16ea30/logsieve/internal/bench/report"
)

const (
	// backlogPerSecond is a pace that one stream keeps up with live.
	backlogPerSecond = 50_000
	backlogSeconds   = 4
)

// backlog measures what a live stream costs while more and more entries are retained.
func backlog(ctx context.Context, r *run) (err error) {
	s, err := r.ownServer(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	points := []report.Point{}
	for _, retained := range []int{250_000, 500_000, 1_000_000, 2_000_000} {
		if n := r.entries(retained); n > s.writers.Written() {
			if err := s.writers.Flood(ctx, s.writers.Spread(n-s.writers.Written())); err != nil {
				return err
			}
		}
		retained := float64(s.writers.Written())
		spent, n, err := r.live(ctx, s)
		if err != nil {
			return err
		}
		points = append(points, report.Point{X: retained, Y: spent.perMillion(n)})
	}
	r.report.Curves = append(r.report.Curves, report.Curve{
		Name: "growth-backlog", Title: "What an entry costs, stored and delivered live, the more are retained",
		X: report.Axis{Label: "entries retained", Log: true}, Y: report.Axis{Label: "CPU-seconds per million entries"},
		Series: []report.Series{{Name: "logsieve", Points: points}},
	})
	first, last := points[0], points[len(points)-1]
	r.add("live beside 250,000 entries", first.Y, "CPU-s per million", nil)
	r.add("live beside 2,000,000 entries", last.Y, "CPU-s per million", nil)
	r.add("growth with each doubling of the entries", doubling(points), "%", report.AtMost(mostGrowth))
	return nil
}

// live writes at a pace for one stream, and returns what that has cost and how many
// entries there were.
func (r *run) live(ctx context.Context, s *server) (spent, uint64, error) {
	plan := s.writers.One(r.entries(backlogPerSecond * backlogSeconds))
	c := newCrowd(overGRPC, s.addresses)
	defer c.close()
	if err := c.watch(ctx, s, 1, plan, everything); err != nil {
		return spent{}, 0, err
	}
	spent, err := cost(s.pid, func() error {
		return errors.Join(s.writers.Pace(ctx, plan, backlogPerSecond), r.settle(ctx, c))
	})
	return spent, plan.Total(), err
}
