package abuse

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// TestCrowd opens connections from one address until there are no more to be had. Those of
// other addresses must not notice.
func TestCrowd(t *testing.T) {
	const limit = 256 // network.max_connections_per_address, as it comes
	attack{
		order: 51, name: "connections from one address", expected: "256 are kept, the others closed at once; other addresses are served",
		settings: server.Settings{"network.max_connections_per_address": limit},
		run: func(t *testing.T, s *server.Server) (string, string) {
			t.Helper()
			tries := scale(600, 5_000)
			ways := []func(s *server.Server) string{toHTTP, toGRPC, toOTLP}
			var conns []net.Conn
			for n := range tries {
				conn, err := dialFrom(t.Context(), 0, ways[n%len(ways)](s))
				must(t, err)
				t.Cleanup(func() { _ = conn.Close() })
				conns = append(conns, conn)
			}
			kept := 0
			for range 10 { // the last ones may not have been accepted yet
				kept = 0
				for _, conn := range conns {
					if isOpen(conn) {
						kept++
					}
				}
				if kept <= limit {
					break
				}
			}
			if kept > limit || kept < limit/2 {
				t.Errorf("%d connections of one address are kept, want %d", kept, limit)
			}
			if status, err := browse(t, s, 1, "GET", s.HTTP, ""); err != nil || status != http.StatusOK {
				t.Errorf("another address is answered with %d, %v", status, err)
			}
			return fmt.Sprint(tries), fmt.Sprintf("%d kept, %d closed", kept, tries-kept)
		},
	}.launch(t)
}

// isOpen tells whether the server has not closed a connection, which it may greet.
func isOpen(conn net.Conn) bool {
	_ = conn.SetReadDeadline(time.Now().Add(time.Millisecond)) // the read tells
	_, err := io.Copy(io.Discard, bufio.NewReader(conn))
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}
