package abuse

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"testing"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// TestMalformedFrames breaks RFC 6455 in every way there is.
func TestMalformedFrames(t *testing.T) {
	ways := waysToBreak()
	attack{
		order: 10, name: "malformed WebSocket frames",
		expected: "a close frame that says why, and the end",
		run: func(t *testing.T, s *server.Server) (string, string) {
			t.Helper()
			tries := max(scale(500, 10_000), len(ways))
			var got tally
			each(t, tries, func(n int) error { return breakIn(t.Context(), s.HTTP, n, ways[n%len(ways)], &got) })
			return fmt.Sprintf("%d of %d kinds", got.total(), len(ways)), got.String()
		},
	}.launch(t)
}

// breakIn sends what is malformed, and counts the code of the close frame.
func breakIn(ctx context.Context, address string, n int, way malformed, got *tally) error {
	s, status, err := upgrade(ctx, n, address, "", "")
	if err != nil || status != 101 {
		return fmt.Errorf("%s: no WebSocket: %d, %w", way.name, status, err)
	}
	defer s.Close() //nolint:errcheck // it has ended
	r := rand.New(rand.NewPCG(uint64(n), 1))
	if _, err := s.Write(way.bytes(r)); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("%s: %w", way.name, err)
	}
	code, reason, err := s.end()
	if err != nil {
		return fmt.Errorf("%s: %w", way.name, err)
	}
	if !slices.Contains(way.codes, code) {
		return fmt.Errorf("%s: closed with %d %q, want %d", way.name, code, reason, way.codes)
	}
	got.add(fmt.Sprint(code))
	return nil
}
