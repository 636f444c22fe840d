package bench

import (
	"context"
	"errors"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/bench/load"
	"github.com/seed-2f16ea30/logsieve/internal/bench/process"
	"github.com/seed-2f16ea30/logsieve/internal/bench/report"
)

const (
	idleStreams = 1000
	// multiplexed is how many streams share a connection where they do.
	multiplexed = 100
	// idleSettle is how long a server has to come to rest before its memory is read.
	idleSettle = 2 * time.Second
)

// idle measures the memory of a server with nothing going on, and of subscribers to whom
// nothing is sent, with all that the server's process holds for them.
func idle(ctx context.Context, r *run) error {
	const mostServer, mostGRPC, mostWebSocket = 60, 25, 60
	shared := func(c *crowd) { c.multiplex = multiplexed }
	alone := func(*crowd) {}
	for _, kind := range []struct {
		what  string
		over  transport
		adapt func(*crowd)
		goal  *report.Goal
	}{
		{"gRPC subscriber, 100 on a connection", overGRPC, shared, report.AtMost(mostGRPC)},
		{"gRPC subscriber with its own connection", overGRPC, alone, nil},
		{"WebSocket subscriber", overWebSocket, alone, report.AtMost(mostWebSocket)},
	} {
		bare, each, err := r.rest(ctx, kind.over, kind.adapt)
		if err != nil {
			return err
		}
		if kind.goal != nil && kind.over.shares {
			r.add("server", bare/mebibyte, "MiB", report.AtMost(mostServer))
		}
		r.add(kind.what, each/kibibyte, "KiB", kind.goal)
	}
	return nil
}

// rest returns the memory of a server, and by how much it grows with each subscriber.
func (r *run) rest(ctx context.Context, over transport, adapt func(*crowd)) (bare, each float64, err error) {
	s, err := r.ownServer(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	before, err := r.settled(ctx, s.pid)
	if err != nil {
		return 0, 0, err
	}
	n := r.scaled(idleStreams)
	c := newCrowd(over, s.addresses)
	defer c.close()
	c.buffer = smallBuffer
	adapt(c)
	nothing := s.writers.One(0)
	if err := c.watch(ctx, s, n, nothing, load.OnePercent); err != nil {
		return 0, 0, err
	}
	after, err := r.settled(ctx, s.pid)
	if err != nil {
		return 0, 0, err
	}
	return float64(before), float64(after-before) / float64(n), r.settle(ctx, c)
}

// settled returns what a process has resident once it has come to rest.
func (r *run) settled(ctx context.Context, pid int) (int64, error) {
	if err := pause(ctx, time.Duration(float64(idleSettle)*min(r.options.Scale, 1))); err != nil {
		return 0, err
	}
	return process.Resident(pid)
}
