package abuse

import (
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// slow is a way to begin and never come to an end.
type slow struct {
	name    string
	address func(s *server.Server) string
	begin   string
	// drip is what is sent again and again, so that the connection looks alive.
	drip string
	// lasts tells that it is let wait for longer than a short test does: for a body, which
	// may be large and the line slow.
	lasts bool
}

func toHTTP(s *server.Server) string { return s.HTTP }
func toGRPC(s *server.Server) string { return s.GRPC }
func toOTLP(s *server.Server) string { return s.OTLPHTTP }

var slows = []slow{
	{"nothing", toHTTP, "", "", false},
	{"headers", toHTTP, "GET /logs HTTP/1.1\r\nHost: localhost\r\n", "X-A: b\r\n", false},
	{"request line", toHTTP, "GE", "", false},
	{"upgrade", toHTTP, "GET /logs/monitor HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgr", "a", false},
	{"WebSocket without a filter", toHTTP, "GET /logs/monitor HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", "", false},
	{"body", toHTTP, "POST /logs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nContent-Length: 100000\r\n\r\n{", " ", true},
	{
		"a body that nobody reads", toHTTP,
		"GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n{", " ", true,
	},
	{"OTLP body", toOTLP, "POST /v1/logs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{", " ", true},
	{"gRPC: nothing", toGRPC, "", "", false},
	{"gRPC: half of the preface", toGRPC, http2.ClientPreface[:12], "", false},
	{"gRPC: no settings", toGRPC, http2.ClientPreface, "", false},
	{"gRPC: half of a frame", toGRPC, http2.ClientPreface + "\x00\x00\x00\x04\x00\x00\x00\x00\x00" + "\x00\x40\x00\x01", "", true},
}

// lorisLimit is how long a connection that gets nowhere may last.
const lorisLimit = 75 * time.Second

// TestSlowLoris opens connections that get nowhere, and wants each of them to be ended.
func TestSlowLoris(t *testing.T) {
	attack{
		order: 50, name: "slow loris", expected: "every connection is ended by the server",
		growth: 512 << 20, // 100 KiB a connection
		run: func(t *testing.T, s *server.Server) (string, string) {
			t.Helper()
			tries, slows := scale(220, 5_000), slices.Clone(slows)
			if !*long {
				slows = slices.DeleteFunc(slows, func(w slow) bool { return w.lasts })
			}
			longest := make(map[string]time.Duration, len(slows))
			var ended tally
			var mu sync.Mutex
			var all sync.WaitGroup
			for n := range tries {
				w := slows[n%len(slows)]
				conn, err := dialFrom(t.Context(), n, w.address(s))
				must(t, err)
				all.Go(func() {
					took, err := w.dawdle(conn)
					if err != nil {
						t.Errorf("%s: %v", w.name, err)
					}
					ended.add(w.name)
					mu.Lock()
					defer mu.Unlock()
					longest[w.name] = max(longest[w.name], took)
				})
			}
			all.Wait()
			most := time.Duration(0)
			for name, took := range longest {
				t.Logf("%s: ended after %v", name, took.Round(time.Millisecond))
				most = max(most, took)
			}
			return fmt.Sprintf("%d of %d kinds", tries, len(slows)), fmt.Sprintf("all ended, the last one after %.0f s", most.Seconds())
		},
	}.launch(t)
}

// dawdle begins, drips, and returns how long the server has let it.
func (w slow) dawdle(conn net.Conn) (time.Duration, error) {
	defer conn.Close() //nolint:errcheck // the server has closed it
	began := time.Now()
	_ = conn.SetDeadline(began.Add(lorisLimit)) // the read tells
	if _, err := io.WriteString(conn, w.begin); err != nil {
		return time.Since(began), nil
	}
	ended := make(chan struct{})
	var dripping sync.WaitGroup
	dripping.Go(func() {
		const often = time.Second
		ticker := time.NewTicker(often)
		defer ticker.Stop()
		for w.drip != "" {
			select {
			case <-ended:
				return
			case <-ticker.C:
			}
			_, _ = io.WriteString(conn, w.drip) // the read tells
		}
	})
	_, err := io.Copy(io.Discard, conn)
	close(ended)
	dripping.Wait()
	if ending(err) == "connection open to the end" {
		return time.Since(began), fmt.Errorf("not ended within %v", lorisLimit)
	}
	return time.Since(began), nil
}
