package bench

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/bench/ceiling"
	"github.com/seed-2f16ea30/logsieve/internal/bench/load"
)

// pingPong takes the times of messages that a bare gRPC server sends back, at the pace
// of the row, on one stream: two hops, as from a writer to a subscriber.
func (r *run) pingPong(ctx context.Context, at addresses, into *times) error {
	conn, err := dial(at.GRPC)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // nothing is under way
	group, ctx := errgroup.WithContext(ctx)
	stream, err := loggerv1.NewLoggerClient(conn).Monitor(ctx)
	if err != nil {
		return err
	}
	if err := stream.Send(&loggerv1.LogFilter{Query: ceiling.Echo}); err != nil {
		return err
	}
	n := r.entries(latencyPerSecond * latencySeconds)
	left := make(chan int64, n) // room for all: sending never waits for receiving
	group.Go(func() error {
		for i := range n {
			m, err := stream.Recv()
			if err != nil {
				return err
			}
			if id, ok := load.ParseID([]byte(m.GetMessage())); !ok || id.Number != i {
				return fmt.Errorf("ping-pong: message %d came back as %q", i, m.GetMessage())
			}
			into.took(<-left)
		}
		return stream.CloseSend()
	})
	const padding = 236 // as long as an entry, with the ID
	body := strings.Repeat("x", padding)
	group.Go(func() error {
		return paced(ctx, n, func(i uint64) error {
			left <- into.now()
			return stream.Send(&loggerv1.LogFilter{Query: load.ID{Number: i}.String() + body})
		})
	})
	return group.Wait()
}
