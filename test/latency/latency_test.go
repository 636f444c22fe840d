package latency

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/demo"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

const (
	// rounds is how often the three take turns, so that they share the machine's moods.
	rounds = 3
	// payload is about what an entry of a demo takes.
	payload = 250
	// grace is how long the last entries of a turn may take.
	grace = 20 * time.Second
)

// TestLatency measures the three in turns and prints a table. Every entry must arrive, at
// each watcher once.
func TestLatency(t *testing.T) {
	s := server.Start(t, server.Plain, server.NewSettings(t, server.Settings{"log.level": "info"}))
	c, err := client.Dial(s.GRPC)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() }) // nothing is under way
	echo := startEcho(t)
	ping := &samples{name: "gRPC ping-pong"}
	native := &samples{name: "gRPC"}
	socket := &samples{name: "WebSocket"}
	for range rounds {
		pingPong(t, echo, ping)
		measure(t, c, native, watchGRPC(c))
		measure(t, c, socket, watchWebSocket(s.HTTP))
	}
	if err := table(os.Stdout, []*samples{ping, native, socket}); err != nil {
		t.Error(err)
	}
}

// turn is how many entries are sent in one turn.
func turn() int { return max(int(each.Seconds()*float64(*rate))/rounds, 1) }

// paced calls do with 0, 1, … at the rate, as near as the machine lets it.
func paced(n int, do func(i int)) {
	ticker := time.NewTicker(time.Second / time.Duration(*rate))
	defer ticker.Stop()
	for i := range n {
		<-ticker.C
		do(i)
	}
}

// pingPong sends messages at the rate and receives them back, on one stream.
func pingPong(t *testing.T, address string, into *samples) {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // nothing is under way
	ctx, cancel := context.WithTimeout(t.Context(), *each+grace)
	defer cancel()
	stream, err := loggerv1.NewLoggerClient(conn).Monitor(ctx)
	if err != nil {
		t.Fatal(err)
	}
	clock := newClock(turn())
	var wg sync.WaitGroup
	wg.Go(func() {
		for range turn() {
			m, err := stream.Recv()
			if err != nil {
				t.Errorf("ping-pong: %v", err)
				return
			}
			clock.arrived(m.GetMessage())
		}
	})
	paced(turn(), func(i int) {
		clock.leaves(i)
		if err := stream.Send(&loggerv1.LogFilter{Query: numbered(i, strings.Repeat("x", payload))}); err != nil {
			t.Errorf("ping-pong: %v", err)
		}
	})
	wg.Wait()
	clock.add(t, into)
}

// measure writes entries at the rate, one a call, and takes the time until a watcher has
// each.
func measure(t *testing.T, c *client.Client, into *samples, watch watcher) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), *each+grace)
	defer cancel()
	next, end := watch(t)
	defer end()
	clock := newClock(turn())
	var wg sync.WaitGroup
	wg.Go(func() {
		for range turn() {
			message, err := next()
			if err != nil {
				t.Errorf("%s: %v", into.name, err)
				return
			}
			clock.arrived(message)
		}
	})
	generator := demo.New(1)
	paced(turn(), func(i int) {
		e := generator.Next(time.Now())
		e.Message = numbered(i, e.GetMessage())
		// Each on its own: one that is slow holds up no other.
		wg.Go(func() {
			clock.leaves(i)
			if _, err := c.Write(ctx, e); err != nil {
				t.Errorf("%s: writing: %v", into.name, err)
			}
		})
	})
	wg.Wait()
	clock.add(t, into)
}
