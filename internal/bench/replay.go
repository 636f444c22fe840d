package bench

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/bench/load"
	"github.com/seed-2f16ea30/logsieve/internal/bench/process"
	"github.com/seed-2f16ea30/logsieve/internal/bench/report"
)

const (
	replayReaders = 100
	// replayEach is how much each of many readers reads: together as much as two who
	// read everything.
	replayEach = 20_000
)

// replay measures readers of what is stored: one that reads all of it, and many at once
// that read its beginning, which is in files and not in memory.
func replay(ctx context.Context, r *run) (err error) {
	const leastPerSecond, mostCPU, mostMemory = 1_000_000, 1, 256
	s, err := r.ownServer(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	plan := s.writers.Spread(r.entries(firehoseEntries))
	if err := s.writers.Flood(ctx, plan); err != nil {
		return err
	}
	one, err := r.replayAll(ctx, s, plan)
	if err != nil {
		return err
	}
	bare, err := r.send(ctx, overGRPC, flow{streams: 1, each: plan.Total()})
	if err != nil {
		return err
	}
	const name = "bare grpc-go, encoded before"
	n := plan.Total()
	r.add("one reader", one.perSecond(n), "entries/s", report.AtLeast(leastPerSecond), report.Ceiling{What: name, Value: bare.perSecond(n)})
	r.addCPU("one reader", one, n, report.AtMost(mostCPU), report.Ceiling{What: name, Value: bare.perMillion(n)})
	many, read, memory, err := r.replayMany(ctx, s)
	if err != nil {
		return err
	}
	r.addCPU("100 readers at once", many, read, nil)
	r.add("100 readers at once, memory at its peak above that with one", memory/mebibyte, "MiB", report.AtMost(mostMemory))
	return nil
}

// fromTheBeginning returns a filter of all that is stored.
func fromTheBeginning(s *server) *loggerv1.LogFilter {
	f := s.filter(load.Everything())
	f.Begin = &loggerv1.LogFilter_Since{Since: timestamppb.New(time.Unix(1, 0))}
	return f
}

// replayAll reads everything on one stream.
func (r *run) replayAll(ctx context.Context, s *server, plan load.Plan) (spent, error) {
	c := newCrowd(overGRPC, s.addresses)
	defer c.close()
	tally := load.NewTally(load.Everything(), plan)
	c.tallies = append(c.tallies, tally)
	return cost(s.pid, func() error {
		if _, err := c.join(ctx, fromTheBeginning(s), tally); err != nil {
			return err
		}
		return r.settle(ctx, c)
	})
}

// replayMany reads the beginning on many streams, and returns how many entries all have
// read together, and by how many bytes the server's memory has grown at most.
func (r *run) replayMany(ctx context.Context, s *server) (many spent, n uint64, memory float64, err error) {
	before, err := process.PeakResident(s.pid)
	if err != nil {
		return many, 0, 0, err
	}
	each := r.entries(replayEach)
	c := newCrowd(overGRPC, s.addresses)
	defer c.close()
	readers := make([]*excerpt, r.scaled(replayReaders))
	many, err = cost(s.pid, func() error {
		for i := range readers {
			readers[i] = &excerpt{left: each, enough: make(chan struct{})}
			if _, err := c.join(ctx, fromTheBeginning(s), readers[i]); err != nil {
				return err
			}
		}
		for i, reader := range readers {
			select {
			case <-reader.enough:
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-time.After(time.Minute):
				return fmt.Errorf("reader %d has not read %d entries in a minute", i, each)
			}
		}
		return nil
	})
	if err != nil {
		return many, 0, 0, err
	}
	after, err := process.PeakResident(s.pid)
	for _, reader := range readers {
		n += reader.total.Load()
	}
	return many, n, float64(after - before), err
}

// excerpt reads some entries and no more.
type excerpt struct {
	left   uint64
	enough chan struct{} // closed when it has read them
	total  atomic.Uint64
}

// Entry takes an entry. What is on its way when there are enough is read as well: the
// server has sent it.
func (e *excerpt) Entry(load.ID) {
	e.total.Add(1)
	if e.left == 0 {
		return
	}
	if e.left--; e.left == 0 {
		close(e.enough)
	}
}

// Notice does nothing.
func (e *excerpt) Notice(*loggerv1.LogEntry) {}
