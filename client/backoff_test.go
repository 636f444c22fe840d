package client_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// told is a call of the function of WithOnReconnect.
type told struct {
	attempt int
	err     error
	wait    time.Duration
}

// The bound of the waits doubles from Initial to Max; attempts are counted until the stream
// runs again; the waits really are waited.
func TestBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const initial, most, faults = time.Second, 8 * time.Second, 6
		var reports []told
		steps := make([]func(call) error, 0, faults+1)
		for range faults {
			steps = append(steps, func(call) error { return errCut })
		}
		steps = append(steps, func(c call) error {
			c.filter()
			c.send(entry("1", 1))
			return c.hang()
		})
		s := play(t, []client.Option{
			client.WithBackoff(client.Backoff{Initial: initial, Max: most}),
			client.WithOnReconnect(func(attempt int, err error, wait time.Duration) {
				reports = append(reports, told{attempt, err, wait})
			}),
		}, steps...)
		mustSend(t, s, nil)
		began := time.Now()
		wantEntry(t, s, "1", 1)
		elapsed := time.Since(began)

		var waited time.Duration
		for i, r := range reports[:len(reports)-1] {
			bound := min(initial<<i, most)
			if r.attempt != i+1 || status.Code(r.err) != codes.Unavailable || r.wait < 0 || r.wait > bound+1 {
				t.Errorf("report %d is %+v, want attempt %d and a wait of at most %v", i, r, i+1, bound)
			}
			waited += r.wait
		}
		if end := reports[len(reports)-1]; end != (told{}) || len(reports) != faults+1 {
			t.Errorf("%d reports, the last one %+v; want %d and zeros", len(reports), end, faults+1)
		}
		if elapsed != waited {
			t.Errorf("it took %v, but the waits were %v", elapsed, waited)
		}
	})
}

// Waits are drawn from the whole range, so that clients do not come back together.
func TestBackoffHasFullJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rounds = 60
		low, high := 0, 0
		steps := make([]func(call) error, rounds)
		for i := range steps {
			steps[i] = func(call) error { return errCut }
		}
		steps = append(steps, func(c call) error { return c.hang() })
		ctx, cancel := context.WithCancel(t.Context())
		c := serve(t, &script{t: t, steps: steps},
			client.WithBackoff(client.Backoff{Initial: time.Second, Max: time.Second}),
			client.WithOnReconnect(func(attempt int, _ error, wait time.Duration) {
				switch {
				case wait < time.Second/4:
					low++
				case wait > time.Second*3/4:
					high++
				}
				if attempt == rounds {
					cancel()
				}
			}))
		s, err := c.Monitor(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close() //nolint:errcheck // returns nil
		if _, err := s.Recv(); !errors.Is(err, context.Canceled) {
			t.Errorf("Recv = %v, want cancelled", err)
		}
		// Each is a quarter of the draws on average; none at all has a chance of 3 in 10^8.
		if low == 0 || high == 0 {
			t.Errorf("of %d waits %d are in the lowest quarter and %d in the highest", rounds, low, high)
		}
	})
}

func TestTheServerIsGivenTheTimeItAsksFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy, err := status.New(codes.ResourceExhausted, "busy").WithDetails(
			protoadapt.MessageV1Of(&errdetails.RetryInfo{RetryDelay: durationpb.New(time.Hour)}))
		if err != nil {
			t.Fatal(err)
		}
		s := play(
			t, nil,
			func(call) error { return busy.Err() },
			func(c call) error {
				c.filter()
				n := goodbye(loggerv1.GoodbyeReason_DRAIN, "1")
				n.GetNotice().GetGoodbye().RetryAfter = durationpb.New(time.Hour)
				c.send(n)
				return errCut
			},
			func(c call) error {
				c.filter()
				c.send(entry("1", 1))
				return c.hang()
			},
		)
		mustSend(t, s, nil)
		began := time.Now()
		wantEntry(t, s, "1", 1)
		if elapsed := time.Since(began); elapsed < 2*time.Hour || elapsed > 2*time.Hour+time.Second {
			t.Errorf("came back after %v, want the two hours asked for", elapsed)
		}
	})
}

func TestCloseDuringBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(t, []client.Option{client.WithBackoff(client.Backoff{Initial: time.Hour, Max: time.Hour})},
			func(call) error { return errCut })
		received := make(chan error, 1)
		go func() {
			_, err := s.Recv()
			received <- err
		}()
		synctest.Wait() // Recv is waiting now
		began := time.Now()
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		if err := <-received; err != io.EOF { //nolint:errorlint // as callers compare it.
			t.Errorf("Recv = %v, want io.EOF", err)
		}
		if elapsed := time.Since(began); elapsed != 0 {
			t.Errorf("Close took %v", elapsed)
		}
	})
}

func TestServerThatCannotBeReached(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	target := listener.Addr().String()
	_ = listener.Close() // nobody listens there now
	c, err := client.Dial(target)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // nothing was opened
	if _, err := c.Monitor(t.Context()); status.Code(err) != codes.Unavailable {
		t.Errorf("Monitor = %v, want UNAVAILABLE", err)
	}
	for _, err := range c.Tail(t.Context(), nil) {
		if status.Code(err) != codes.Unavailable {
			t.Errorf("Tail = %v, want UNAVAILABLE", err)
		}
	}
}

func TestWrongOptions(t *testing.T) {
	tests := map[string]struct {
		target string
		opt    client.Option
		want   string
	}{
		"token, not encrypted": {"logs.example.com:443", client.WithToken("secret"), "use WithTLS"},
		"token, not encrypted, with a scheme": {
			"dns:///10.0.0.1:9090", client.WithToken("secret"), "use WithTLS",
		},
		"token with a line end": {"127.0.0.1:1", client.WithToken("secret\n"), "bare token"},
		"no back-off":           {"127.0.0.1:1", client.WithBackoff(client.Backoff{}), "Initial must be above 0"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := client.Dial(test.target, test.opt)
			if err == nil {
				_ = c.Close()
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Dial = %v, want an error with %q", err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error tells the token: %v", err)
			}
		})
	}
}
