package bench

import (
	"context"
	"errors"

	"github.com/seed-2f16ea30/logsieve/internal/bench/ceiling"
	"github.com/seed-2f16ea30/logsieve/internal/bench/load"
	"github.com/seed-2f16ea30/logsieve/internal/bench/report"
)

// firehoseEntries keep a server busy for five seconds or so.
const firehoseEntries = 1_000_000

// firehose measures how many entries a second come through to one subscriber of
// everything, with none lost, and what a million costs: decoding, storing, publishing and
// sending.
func firehose(t transport) func(ctx context.Context, r *run) error {
	const leastGRPC, leastWebSocket, mostCPU = 200_000, 150_000, 6
	least := float64(leastGRPC)
	if !t.shares {
		least = leastWebSocket
	}
	return func(ctx context.Context, r *run) error {
		n := r.entries(firehoseEntries)
		ours, err := r.pour(ctx, t, &n)
		if err != nil {
			return err
		}
		rates, costs, err := r.firehoseCeilings(ctx, t, n)
		if err != nil {
			return err
		}
		r.add("delivered", ours.perSecond(n), "entries/s", report.AtLeast(least), rates...)
		r.addCPU("ingest and delivery", ours, n, report.AtMost(mostCPU), costs...)
		return nil
	}
}

// pour writes n entries as fast as possible, which one stream receives, and sets n to how
// many there were.
func (r *run) pour(ctx context.Context, t transport, n *uint64) (s spent, err error) {
	server, err := r.server(ctx)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, server.close()) }()
	plan := server.writers.Spread(*n)
	*n = plan.Total()
	c := newCrowd(t, server.addresses)
	defer c.close()
	if err := c.watch(ctx, server, 1, plan, everything); err != nil {
		return s, err
	}
	return cost(server.pid, func() error {
		return errors.Join(server.writers.Flood(ctx, plan), r.settle(ctx, c))
	})
}

func everything(int) load.Class { return load.Everything() }

// bareServer is a ceiling by its name and what it is asked.
type bareServer struct{ name, query string }

// firehoseCeilings measures bare servers that send as many messages.
func (r *run) firehoseCeilings(ctx context.Context, t transport, n uint64) (rates, costs []report.Ceiling, err error) {
	barest := []bareServer{{"bare grpc-go, encoded before", ""}, {"bare grpc-go", ceiling.Marshal}}
	if !t.shares {
		barest = []bareServer{{"bare gorilla", ""}}
	}
	for _, b := range barest {
		s, err := r.send(ctx, t, flow{streams: 1, each: n, query: b.query})
		if err != nil {
			return nil, nil, err
		}
		rates = append(rates, report.Ceiling{What: b.name, Value: s.perSecond(n)})
		if s.known {
			costs = append(costs, report.Ceiling{What: b.name, Value: s.perMillion(n)})
		}
	}
	nats, err := r.nats(ctx, "firehose", n, 0)
	if err != nil || nats == nil {
		return rates, costs, err
	}
	rates = append(rates, report.Ceiling{What: natsCore, Value: nats.PerSecond})
	costs = append(costs, report.Ceiling{What: natsCore, Value: nats.CPUPerMillion})
	return rates, costs, nil
}
