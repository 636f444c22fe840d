package bench

import (
	"context"
	"errors"

	"github.com/seed-2f16ea30/logsieve/internal/bench/report"
)

// ingest measures what it costs to store entries while nobody watches.
func ingest(ctx context.Context, r *run) (err error) {
	const mostCPU = 3
	s, err := r.server(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	plan := s.writers.Spread(r.entries(firehoseEntries))
	spent, err := cost(s.pid, func() error { return s.writers.Flood(ctx, plan) })
	if err != nil {
		return err
	}
	r.add("stored", spent.perSecond(plan.Total()), "entries/s", nil)
	r.addCPU("ingest", spent, plan.Total(), report.AtMost(mostCPU))
	return nil
}
