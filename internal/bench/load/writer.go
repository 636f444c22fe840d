package load

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/frame"
)

const (
	// writers is how many requests are under way at a time when as much as possible is
	// written: enough that the server never waits for the next one.
	writers = 4
	// batch is how many entries a request has then: what a collector sends.
	batch = 1000
	// beat is how often entries are written at a pace.
	beat = 10 * time.Millisecond
)

// Writers write numbered entries to a server. A plan is made by one goroutine at a time,
// and written by one.
type Writers struct {
	conn    grpc.ClientConnInterface
	source  *Source
	next    []uint64 // by writer: the first number that is not planned yet
	written atomic.Uint64
}

// NewWriters returns writers that use a connection, which stays its owner's.
func NewWriters(conn grpc.ClientConnInterface, source *Source) *Writers {
	return &Writers{conn: conn, source: source, next: make([]uint64, writers)}
}

// Written returns how many entries the server has acknowledged in all.
func (w *Writers) Written() uint64 { return w.written.Load() }

// Flood writes a plan as fast as the server takes it, in requests of 1,000 entries of
// which four are under way.
func (w *Writers) Flood(ctx context.Context, p Plan) error {
	group, ctx := errgroup.WithContext(ctx)
	for i := range p.From {
		group.Go(func() error {
			var body []byte
			for at := p.From[i]; at < p.To[i]; at += batch {
				var err error
				if body, err = w.write(ctx, body[:0], i, at, int(min(batch, p.To[i]-at))); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// Pace writes a plan of the first writer at a pace: a hundred times a second all that is
// due. What the server cannot take at that pace is late, and not left out.
func (w *Writers) Pace(ctx context.Context, p Plan, perSecond int) error {
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	var body []byte
	begin, first := time.Now(), p.From[0]
	for at := first; at < p.To[0]; {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		due := min(first+uint64(time.Since(begin).Seconds()*float64(perSecond)), p.To[0])
		for at < due {
			n := min(due-at, batch)
			var err error
			if body, err = w.write(ctx, body[:0], 0, at, int(n)); err != nil {
				return err
			}
			at += n
		}
	}
	return nil
}

// Single writes one entry of a plan of the first writer, by its place in the plan. It is
// safe for concurrent use; the log then has the entries in any order.
func (w *Writers) Single(ctx context.Context, p Plan, place uint64) error {
	_, err := w.write(ctx, nil, 0, p.From[0]+place, 1)
	return err
}

// write writes entries in one request, and returns its memory to be used again.
func (w *Writers) write(ctx context.Context, body []byte, writer int, first uint64, n int) ([]byte, error) {
	body = w.source.Append(body, writer, first, n)
	answer := &loggerv1.WriteEntriesResponse{}
	// The codec hands the bytes through. Nobody reads them after the answer.
	request := &frame.Message{Data: mem.BufferSlice{mem.SliceBuffer(body)}}
	if err := w.conn.Invoke(ctx, loggerv1.Logger_WriteEntries_FullMethodName, request, answer); err != nil {
		return body, err
	}
	if int(answer.GetAccepted()) != n {
		return body, fmt.Errorf("the server took %d of %d entries: %v", answer.GetAccepted(), n, answer.GetRejected())
	}
	w.written.Add(uint64(n)) //nolint:gosec // G115: n is not negative.
	return body, nil
}
