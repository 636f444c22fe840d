package ends

import (
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/client"
	"github.com/seed-2f16ea30/logsieve/internal/config"
)

// pace makes healing as good as immediate.
func pace() client.Option {
	return client.WithBackoff(client.Backoff{Initial: time.Millisecond, Max: 100 * time.Millisecond})
}

// TestHealing lets the server end streams of the Go client that heals. What would fail again
// reaches the caller at once; what passes does not reach it.
func TestHealing(t *testing.T) {
	h := start(t, nil)
	for i := range serverEnds {
		c := &serverEnds[i]
		t.Run(c.name, func(t *testing.T) {
			struck := h.injects(&fault{recv: c.fault.recv, send: c.fault.send, cause: c.fault.cause})
			v := dial(t.Context(), t, h, pace()).watch(t)
			struck.strike()
			if c.fault.send != nil {
				h.write(t, "something to send")
			}
			check(t, h, v, c.want, c.want.code)
		})
	}
	h.checkEmpty(t)
}

// TestHealingOutlivesTheServer opens a stream again that has become too old, and one whose
// server was stopped and started again.
func TestHealingOutlivesTheServer(t *testing.T) {
	h := start(t, func(c *config.Config) { c.Stream.MaxAge = time.Second })
	v := dial(t.Context(), t, h, pace()).watch(t)
	h.awaitEnd(t)
	h.write(t, "after the first stream")
	v.awaitEntry(t, "after the first stream")

	if err := h.Stop(); err != nil {
		t.Fatal(err)
	}
	cfg := h.Config
	cfg.GRPC.Address = h.GRPC
	h = startWith(t, cfg)
	h.write(t, "after the restart")
	v.awaitEntry(t, "after the restart")
}

// awaitEntry receives until an entry with this message has come.
func (v *viewer) awaitEntry(t *testing.T, message string) {
	t.Helper()
	for {
		m, err := v.Recv()
		if err != nil {
			t.Fatal(err)
		}
		if m.GetNotice() == nil && m.GetMessage() == message {
			return
		}
	}
}
