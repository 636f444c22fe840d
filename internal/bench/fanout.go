package bench

import (
	"context"
	"errors"

	"github.com/seed-2f16ea30/logsieve/internal/bench/load"
	"github.com/seed-2f16ea30/logsieve/internal/bench/report"
)

// audience is many subscribers and what is written for them, at a pace that the machine
// keeps up with: what is measured is what it costs.
type audience struct {
	name      string // for the program that measures NATS
	streams   int
	perSecond int // entries written
	class     func(i int) load.Class
	goal      *report.Goal // of the processor time of a million deliveries
}

// audienceSeconds is how long an audience is written for.
const audienceSeconds = 10

// fanOut measures many subscribers, of which each is sent little.
func fanOut(t transport) func(ctx context.Context, r *run) error {
	const streams, perSecond, mostCPU = 1000, 2000, 15
	return func(ctx context.Context, r *run) error {
		return r.entertain(ctx, t, audience{
			name: "fanout", streams: r.scaled(streams), perSecond: perSecond, class: load.OnePercent, goal: report.AtMost(mostCPU),
		})
	}
}

// everybody measures many subscribers, of which each is sent everything.
func everybody(t transport) func(ctx context.Context, r *run) error {
	const streams, perSecond, mostCPU = 100, 1000, 2.5
	return func(ctx context.Context, r *run) error {
		return r.entertain(ctx, t, audience{
			name: "everybody", streams: r.scaled(streams), perSecond: perSecond, class: everything, goal: report.AtMost(mostCPU),
		})
	}
}

func (r *run) entertain(ctx context.Context, t transport, a audience) error {
	ours, deliveries, err := r.play(ctx, t, a)
	if err != nil {
		return err
	}
	each := deliveries / uint64(a.streams) //nolint:gosec // G115: above 0.
	bare, err := r.send(ctx, t, flow{
		streams: a.streams, each: each, eachPerSecond: max(int(each)/audienceSeconds, 1), smallConsumers: true, //nolint:gosec // G115: a few thousand.
	})
	if err != nil {
		return err
	}
	name := "bare gorilla"
	if t.shares {
		name = "bare grpc-go, encoded before"
	}
	var ceilings []report.Ceiling
	if bare.known {
		ceilings = append(ceilings, report.Ceiling{What: name, Value: bare.perMillion(each * uint64(a.streams))}) //nolint:gosec // G115: above 0.
	}
	nats, err := r.nats(ctx, a.name, r.entries(a.perSecond*audienceSeconds), a.perSecond)
	if err != nil {
		return err
	}
	if nats != nil {
		ceilings = append(ceilings, report.Ceiling{What: natsCore, Value: nats.CPUPerMillion})
	}
	r.add("delivered", ours.perSecond(deliveries), "deliveries/s", nil)
	r.addCPU("ingest and delivery", ours, deliveries, a.goal, ceilings...)
	return nil
}

// play writes for an audience and returns how many deliveries there were and what they
// cost.
func (r *run) play(ctx context.Context, t transport, a audience) (s spent, deliveries uint64, err error) {
	server, err := r.server(ctx)
	if err != nil {
		return s, 0, err
	}
	defer func() { err = errors.Join(err, server.close()) }()
	plan := server.writers.One(r.entries(a.perSecond * audienceSeconds))
	c := newCrowd(t, server.addresses)
	defer c.close()
	c.buffer = smallBuffer
	if err := c.watch(ctx, server, a.streams, plan, a.class); err != nil {
		return s, 0, err
	}
	for i := range a.streams {
		deliveries += plan.Count(a.class(i))
	}
	s, err = cost(server.pid, func() error {
		return errors.Join(server.writers.Pace(ctx, plan, a.perSecond), c.await(ctx))
	})
	return s, deliveries, errors.Join(err, r.settle(ctx, c))
}
