package abuse

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// TestSlowMatching opens streams with the regular expressions that take longest to match,
// and writes the entries that they take longest on.
func TestSlowMatching(t *testing.T) {
	attack{
		order: 72, name: "regular expressions that are costly to match",
		expected: "streams of their own pace: the neighbour is not held up",
		run: func(t *testing.T, s *server.Server) (string, string) {
			t.Helper()
			streams, entries := scale(8, 32), scale(5, 50)
			conn := connectTo(t, s.GRPC)
			ctx, cancel := context.WithCancel(t.Context())
			var watching sync.WaitGroup
			for n := range streams {
				// Each is another one, so that nothing can be judged once for all.
				f := &loggerv1.LogFilter{Regex: fmt.Sprintf("[ab]{0,%d}c", 480-n), Notices: true}
				stream, err := loggerv1.NewLoggerClient(conn).Monitor(ctx)
				must(t, err)
				must(t, stream.Send(f))
				_, err = stream.Recv() // it is in force
				must(t, err)
				watching.Go(func() {
					for err == nil {
						_, err = stream.Recv()
					}
				})
			}
			text := strings.Repeat("ab", 8<<10)
			began := time.Now()
			for range entries {
				_, err := loggerv1.NewLoggerClient(conn).WriteEntries(ctx, &loggerv1.WriteEntriesRequest{
					Entries: []*loggerv1.LogEntry{{Service: "slow", Message: text}},
				})
				must(t, err)
				time.Sleep(100 * time.Millisecond) // this is the pace
			}
			took := time.Since(began)
			cancel()
			watching.Wait()
			return fmt.Sprintf("%d streams, %d entries of 16 KiB", streams, entries), fmt.Sprintf("written in %.1f s", took.Seconds())
		},
	}.launch(t)
}
