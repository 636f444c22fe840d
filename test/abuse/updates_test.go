package abuse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// TestFilterStorm sends ten thousand filters a second.
func TestFilterStorm(t *testing.T) {
	attack{
		order: 73, name: "10,000 filters a second on a stream", expected: "a few applied, the others overtaken, none unanswered",
		run: func(t *testing.T, s *server.Server) (string, string) {
			t.Helper()
			conn := connectTo(t, s.GRPC)
			const streams = 2
			var all sync.WaitGroup
			var sent, applied, overtaken [streams]int
			for i := range streams {
				all.Go(func() {
					var err error
					sent[i], applied[i], overtaken[i], err = storm(t.Context(), conn)
					if err != nil || applied[i]+overtaken[i] != sent[i] {
						t.Errorf("%d filters sent, %d applied, %d overtaken: %v", sent[i], applied[i], overtaken[i], err)
					}
				})
			}
			all.Wait()
			return fmt.Sprintf("%d on %d streams", sent[0]+sent[1], streams),
				fmt.Sprintf("%d applied, %d overtaken", applied[0]+applied[1], overtaken[0]+overtaken[1])
		},
	}.launch(t)
}

// storm replaces the filter of a stream all the time, and counts the answers.
func storm(ctx context.Context, conn *grpc.ClientConn) (sent, applied, overtaken int, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	stream, err := loggerv1.NewLoggerClient(conn).Monitor(ctx)
	if err != nil {
		return 0, 0, 0, err
	}
	failed := make(chan error, 1)
	go func() { failed <- sendStorm(stream, &sent) }()
	for {
		e, err := stream.Recv()
		switch {
		case errors.Is(err, io.EOF), status.Code(err) == codes.Canceled:
			return sent, applied, overtaken, <-failed
		case err != nil:
			return sent, applied, overtaken, errors.Join(err, <-failed)
		case e.GetNotice().GetApplied() != nil:
			applied++
		case e.GetNotice().GetRejected() != nil:
			overtaken++
		}
	}
}

// sendStorm sends ten filters each millisecond, or as many as the server takes, and ends the
// stream.
func sendStorm(stream loggerv1.Logger_MonitorClient, sent *int) error {
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for end := time.Now().Add(scale(time.Second, 10*time.Second)); time.Now().Before(end); <-ticker.C {
		for range 10 {
			f := &loggerv1.LogFilter{Query: fmt.Sprintf("service=nobody a%d OR message=~\"b%d+\"", *sent, *sent), Notices: true}
			if err := stream.Send(f); err != nil {
				return err
			}
			*sent++
		}
	}
	// The last one is taken up, and the stream then ends by itself.
	return stream.CloseSend()
}
