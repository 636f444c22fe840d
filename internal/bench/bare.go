package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/bench/ceiling"
	"github.com/seed-2f16ea30/logsieve/internal/bench/load"
	"github.com/seed-2f16ea30/logsieve/internal/bench/process"
)

// CeilingCommand is the command of logsieve that runs [ceiling.Serve].
const CeilingCommand = "bench-ceiling"

// bare runs a ceiling and returns its addresses, and what ends it.
func (r *run) bare(ctx context.Context) (addresses, func() error, error) {
	p, err := process.Start(nil, r.options.Program, CeilingCommand)
	if err != nil {
		return addresses{}, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	line, err := p.AwaitLine(ctx, func(line string) bool { return strings.HasPrefix(line, "{") })
	if err != nil {
		return addresses{}, nil, errors.Join(fmt.Errorf("start a ceiling: %w", err), p.Stop())
	}
	var at ceiling.Addresses
	if err := json.Unmarshal([]byte(line), &at); err != nil {
		return addresses{}, nil, errors.Join(err, p.Stop())
	}
	return addresses{GRPC: at.GRPC, HTTP: at.HTTP, pid: p.PID()}, p.Stop, nil
}

// sink counts what a ceiling sends.
type sink struct{ n atomic.Uint64 }

func (s *sink) Entry(load.ID)             { s.n.Add(1) }
func (s *sink) Notice(*loggerv1.LogEntry) {}

// flow is what a ceiling is asked for: so many streams, and on each of them so many
// messages at a pace, 0 as fast as they are taken.
type flow struct {
	streams        int
	each           uint64
	eachPerSecond  int
	query          string
	smallConsumers bool
}

// send lets a ceiling send, and returns what it has cost.
func (r *run) send(ctx context.Context, t transport, f flow) (s spent, err error) {
	at, stop, err := r.bare(ctx)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	c := newCrowd(t, at)
	defer c.close()
	if f.smallConsumers {
		c.buffer = smallBuffer
	}
	filter := &loggerv1.LogFilter{
		Query: f.query, MaxEntriesPerSecond: uint32(f.eachPerSecond), //nolint:gosec // G115: a small constant.
		Begin: &loggerv1.LogFilter_Last{Last: uint32(f.each)}, //nolint:gosec // G115: a few million.
	}
	to := &sink{}
	s, err = cost(at.pid, func() error {
		for range f.streams {
			if _, err := c.join(ctx, filter, to); err != nil {
				return err
			}
		}
		for _, stream := range c.streams {
			if err := stream.Wait(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if want := f.each * uint64(f.streams); err == nil && to.n.Load() != want { //nolint:gosec // G115: a small constant.
		err = fmt.Errorf("the ceiling sent %d of %d messages", to.n.Load(), want)
	}
	return s, err
}
