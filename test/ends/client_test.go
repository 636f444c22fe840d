package ends

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// clientEnds are the ways in which a client ends its stream. An end without a close code
// is none that a WebSocket is told: it has gone.
var clientEnds = []struct {
	name string
	// deadline is that of the call; 0 is none.
	deadline time.Duration
	// unwatched is set where there is no filter before act.
	unwatched bool
	act       func(t *testing.T, v *viewer, cancel context.CancelFunc)
	want      end
	// server is what it may be for the server: it knows of a deadline by itself, or is told
	// first that the call is cancelled.
	server []codes.Code
}{
	{name: "EOF", act: halfClose, want: end{codes.OK, 1000, false}, server: []codes.Code{codes.OK}},
	{name: "error", unwatched: true, act: mistake, want: end{codes.InvalidArgument, 4400, false}, server: []codes.Code{codes.InvalidArgument}},
	{name: "cancel", act: cancelled, want: end{codes.Canceled, 0, false}, server: []codes.Code{codes.Canceled}},
	{
		name: "deadline", deadline: time.Second, act: nothing,
		want: end{codes.DeadlineExceeded, 4504, false}, server: []codes.Code{codes.DeadlineExceeded, codes.Canceled},
	},
	{name: "panic", act: panicked, want: end{codes.Canceled, 0, false}, server: []codes.Code{codes.Canceled}},
}

// TestClientEnds lets clients end their streams in every way that they have.
func TestClientEnds(t *testing.T) {
	h := start(t, nil)
	for _, c := range clientEnds {
		for _, over := range transports {
			t.Run(c.name+" "+over.name, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				header := http.Header{}
				if c.deadline > 0 {
					ctx, cancel = context.WithTimeout(ctx, c.deadline)
					defer cancel()
					header.Set("Grpc-Timeout", "1S")
				}
				v := over.open(ctx, t, h, header)
				if !c.unwatched {
					v.watch(t)
				}
				began := time.Now()
				c.act(t, v, cancel)
				want, server := c.want, c.server
				switch {
				case v.socket == nil:
				case want.closeCode == 0:
					want.code = codes.Unavailable // it is the client's own word for a connection that it has closed
				case want.code == codes.OK:
					server = append(server, codes.Canceled) // nothing can follow the close frame
				}
				check(t, h, v, want, server...)
				t.Logf("%v", time.Since(began).Round(time.Millisecond))
			})
		}
	}
	h.checkEmpty(t)
	h.checkBooks(t)
}

func halfClose(t *testing.T, v *viewer, _ context.CancelFunc) {
	t.Helper()
	if err := v.CloseSend(); err != nil {
		t.Error(err)
	}
}

func mistake(t *testing.T, v *viewer, _ context.CancelFunc) {
	t.Helper()
	if err := v.Send(&loggerv1.LogFilter{Query: "((("}); err != nil {
		t.Error(err)
	}
}

// cancelled ends the context of the call. A WebSocket has none: it is closed with no word.
func cancelled(_ *testing.T, v *viewer, cancel context.CancelFunc) {
	cancel()
	if v.socket != nil {
		v.leave()
	}
}

// panicked lets the client's own code panic, with what every client defers.
func panicked(t *testing.T, v *viewer, cancel context.CancelFunc) {
	t.Helper()
	defer func() {
		if cause := recover(); cause != "on purpose" {
			t.Errorf("recovered from %v", cause)
		}
	}()
	defer cancel()
	if v.socket != nil {
		defer v.leave()
	}
	panic("on purpose")
}

// nothing leaves it to the deadline.
func nothing(*testing.T, *viewer, context.CancelFunc) {}

// TestFramesThatAreNoFilters sends what cannot be decoded, and what is too large.
func TestFramesThatAreNoFilters(t *testing.T) {
	h := start(t, nil)
	large := &loggerv1.LogFilter{Query: strings.Repeat("x", 5<<20)}
	tooLarge := func(v *viewer) error { return v.Send(large) }
	for _, c := range []struct {
		name string
		over transport
		act  func(v *viewer) error
		want end
		// server is what it is for the server, unless the transport has ended the stream
		// before the handler could: that is CANCELED.
		server codes.Code
	}{
		{"too large", transports[0], tooLarge, end{codes.ResourceExhausted, 0, false}, codes.ResourceExhausted},
		{"too large", transports[2], tooLarge, end{codes.ResourceExhausted, 0, false}, codes.ResourceExhausted},
		{
			"no JSON", transports[1], func(v *viewer) error { return v.socket.SendText("{") },
			end{codes.InvalidArgument, 4400, false},
			codes.InvalidArgument,
		},
		{
			"going away", transports[1], func(v *viewer) error { return v.socket.Leave(1001) },
			end{codes.OK, 1001, false},
			codes.OK,
		},
	} {
		t.Run(c.name+" "+c.over.name, func(t *testing.T) {
			v := c.over.open(t.Context(), t, h, nil)
			if err := c.act(v); err != nil {
				t.Fatal(err)
			}
			check(t, h, v, c.want, c.server, codes.Canceled)
		})
	}
	h.checkEmpty(t)
	h.checkBooks(t)
}
