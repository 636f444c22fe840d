package bench

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/bench/load"
	"github.com/seed-2f16ea30/logsieve/internal/bench/watch"
)

// transport is a way to watch.
type transport struct {
	name string
	// open opens a stream on a connection, or on one of its own.
	open func(ctx context.Context, at addresses, conn *grpc.ClientConn, f *loggerv1.LogFilter, buffer int, to watch.Receiver) (*watch.Stream, error)
	// shares tells that streams share connections.
	shares bool
}

var (
	overGRPC = transport{
		name: "gRPC", shares: true,
		open: func(ctx context.Context, _ addresses, conn *grpc.ClientConn, f *loggerv1.LogFilter, _ int, to watch.Receiver) (*watch.Stream, error) {
			return watch.GRPC(ctx, conn, f, to)
		},
	}
	overWebSocket = transport{
		name: "WebSocket",
		open: func(ctx context.Context, at addresses, _ *grpc.ClientConn, f *loggerv1.LogFilter, buffer int, to watch.Receiver) (*watch.Stream, error) {
			return watch.WebSocket(ctx, at.HTTP, f, buffer, to)
		},
	}
)

// crowd is many streams of one server, with their tallies.
type crowd struct {
	transport transport
	at        addresses
	// multiplex is how many streams share a connection, where the transport lets them.
	// 0 is as 1: each its own.
	multiplex int
	buffer    int // of each WebSocket

	conns   []*grpc.ClientConn
	streams []*watch.Stream
	tallies []*load.Tally
}

// What a WebSocket of a few, or of many, reads at a time.
const (
	largeBuffer = 64 << 10
	smallBuffer = 4 << 10
)

func newCrowd(t transport, at addresses) *crowd {
	return &crowd{transport: t, at: at, multiplex: 1, buffer: largeBuffer}
}

// join opens one more stream.
func (c *crowd) join(ctx context.Context, f *loggerv1.LogFilter, to watch.Receiver) (*watch.Stream, error) {
	if c.transport.shares && len(c.streams)%max(c.multiplex, 1) == 0 {
		conn, err := dial(c.at.GRPC)
		if err != nil {
			return nil, err
		}
		c.conns = append(c.conns, conn)
	}
	var conn *grpc.ClientConn
	if len(c.conns) > 0 {
		conn = c.conns[len(c.conns)-1]
	}
	s, err := c.transport.open(ctx, c.at, conn, f, c.buffer, to)
	if err != nil {
		return nil, err
	}
	c.streams = append(c.streams, s)
	return s, nil
}

// watch opens n live streams, each with a tally of its class of a plan.
func (c *crowd) watch(ctx context.Context, s *server, n int, plan load.Plan, class func(i int) load.Class) error {
	for i := range n {
		tally := load.NewTally(class(i), plan)
		stream, err := c.join(ctx, s.filter(class(i)), tally)
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

// await waits until every stream has been sent what it should be.
func (c *crowd) await(ctx context.Context) error {
	for _, t := range c.tallies {
		if err := t.Await(ctx); err != nil {
			return err
		}
	}
	return nil
}

// farewell is how long all streams may take to end.
const farewell = time.Minute

// finish ends the streams, waits for what they are still sent, and returns all counts.
func (c *crowd) finish(ctx context.Context) (total load.Counts, err error) {
	ctx, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	var errs []error
	for _, s := range c.streams {
		errs = append(errs, s.Finish(ctx))
	}
	c.streams = nil
	for _, t := range c.tallies {
		total.Add(t.Counts())
	}
	return total, errors.Join(errs...)
}

// close cuts off what is still open.
func (c *crowd) close() {
	for _, s := range c.streams {
		s.Abort()
	}
	c.streams = nil
	for _, conn := range c.conns {
		_ = conn.Close() // nothing is under way
	}
}

// settle waits until every stream has been sent what it should be, ends them all, and
// puts their counts into the report.
func (r *run) settle(ctx context.Context, c *crowd) error {
	awaited, streams := c.await(ctx), len(c.streams)
	counts, err := c.finish(ctx)
	r.deliver(streams, counts)
	return errors.Join(awaited, err)
}
