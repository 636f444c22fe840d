package monitor_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/monitor"
	"github.com/seed-2f16ea30/logsieve/internal/store"
	"github.com/seed-2f16ea30/logsieve/internal/store/local"
)

// stepwise is a store that reads backward only when it is let, and a few entries at a time.
type stepwise struct {
	*local.Log

	reading chan struct{} // receives when a read has begun
	let     chan struct{} // lets one read go on
}

func (s *stepwise) ReadBackward(ctx context.Context, before entry.Position, _ int) (store.Batch, error) {
	select {
	case s.reading <- struct{}{}:
		<-s.let
	case <-ctx.Done():
	}
	return s.Log.ReadBackward(ctx, before, 1)
}

// startStepwise runs a server that holds two blocks of entries, and reads backward as its
// test lets it.
func startStepwise(t *testing.T, change ...func(*setup)) (*server, *stepwise) {
	t.Helper()
	steps := &stepwise{reading: make(chan struct{}), let: make(chan struct{})}
	s := start(t, append(change, func(c *setup) {
		c.history = func(log *local.Log) monitor.History { steps.Log = log; return steps }
	})...)
	s.write(5)
	s.write(5)
	return s, steps
}

// rare matches nothing, so that its search goes through the whole log.
func rare(n uint32) *loggerv1.LogFilter { return last("service=nobody", n) }

// searching opens a stream whose first filter is being searched for.
func searching(s *server, steps *stepwise, filters ...*loggerv1.LogFilter) *stream {
	s.t.Helper()
	m := s.monitor(filters...)
	<-steps.reading
	return m
}

// superseded returns the next message, which must say that a revision was overtaken.
func (m *stream) superseded(revision uint32) {
	m.t.Helper()
	e := m.next()
	if r := e.GetNotice().GetRejected(); r.GetRevision() != revision || r.GetReason() != "SUPERSEDED" {
		m.t.Fatalf("got %v, want revision %d superseded", e, revision)
	}
}

// TestNewerFilterOvertakesASearch sends a filter that says where to begin while the one
// before it is being searched for: the search ends at once.
func TestNewerFilterOvertakesASearch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, steps := startStepwise(t)
		m := searching(s, steps, rare(1))
		m.send(after(s.store.Epoch().Cursor(8)))
		synctest.Wait()
		steps.let <- struct{}{}
		m.superseded(1)
		m.applied(2)
		m.entries(2, 9, 10)
	})
}

// TestSearchHandsItsBeginningOn sends a filter that does not say where to begin: it begins
// where the one before it would have.
func TestSearchHandsItsBeginningOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, steps := startStepwise(t)
		m := searching(s, steps, rare(2))
		m.send(query("service=a"))
		synctest.Wait()
		go steps.forever(t.Context())
		steps.let <- struct{}{}
		m.superseded(1)
		m.applied(2)
		m.entries(2, 7, 9)
	})
}

// forever lets all reads go on.
func (s *stepwise) forever(ctx context.Context) {
	for {
		select {
		case <-s.reading:
			s.let <- struct{}{}
		case <-ctx.Done():
			return
		}
	}
}

// TestWrongFilterDuringASearch is refused, and the search goes on.
func TestWrongFilterDuringASearch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, steps := startStepwise(t)
		m := searching(s, steps, last("service=a", 4))
		m.send(query("severity>="))
		synctest.Wait()
		go steps.forever(t.Context())
		steps.let <- struct{}{}
		if r := m.next().GetNotice().GetRejected(); r.GetRevision() != 2 || r.GetReason() != "INVALID_QUERY" {
			t.Errorf("rejected with %v", r)
		}
		m.applied(1)
		m.entries(1, 3, 5, 7, 9)
	})
}

// TestHalfCloseDuringASearch delivers what the filter selects, as it would afterwards.
func TestHalfCloseDuringASearch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, steps := startStepwise(t)
		m := searching(s, steps, last("service=a", 100))
		if err := m.CloseSend(); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		go steps.forever(t.Context())
		steps.let <- struct{}{}
		m.applied(1)
		m.entries(1, 1, 3, 5, 7, 9)
		if e, err := m.Recv(); !errors.Is(err, io.EOF) {
			t.Errorf("ended with %v, %v", e, err)
		}
	})
}

// TestServerEndsAStreamDuringASearch ends it by each of the server's own decisions. Where a
// filter is in force, the stream says goodbye with a cursor.
func TestServerEndsAStreamDuringASearch(t *testing.T) {
	const long = 20 * time.Second
	for name, test := range map[string]struct {
		reason loggerv1.GoodbyeReason
		code   codes.Code
		age    time.Duration
		life   time.Duration
		end    func(*server, chan struct{})
	}{
		"drain":   {loggerv1.GoodbyeReason_DRAIN, codes.Unavailable, 0, 0, func(s *server, _ chan struct{}) { s.service.Drain() }},
		"max age": {loggerv1.GoodbyeReason_MAX_AGE, codes.Unavailable, long, 2 * long, func(*server, chan struct{}) { time.Sleep(long) }},
		"expiry":  {loggerv1.GoodbyeReason_CREDENTIAL_EXPIRED, codes.Unauthenticated, 2 * long, long, func(*server, chan struct{}) { time.Sleep(long) }},
		"revoked": {loggerv1.GoodbyeReason_CREDENTIAL_EXPIRED, codes.Unauthenticated, 0, 0, func(_ *server, revoked chan struct{}) { close(revoked) }},
	} {
		for first, filters := range map[string][]*loggerv1.LogFilter{"first filter": nil, "second filter": {all()}} {
			t.Run(name+" "+first, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s, steps := startStepwise(t, func(c *setup) { c.monitor.MaxAge = test.age })
					withdrawn := make(chan struct{})
					p := &auth.Principal{Name: "mine", Permissions: auth.Read, Revoked: withdrawn}
					if test.life > 0 {
						p.Expires = time.Now().Add(test.life)
					}
					m := s.as(p).monitor(filters...)
					if filters != nil {
						m.live(1)
					}
					m.send(rare(1))
					<-steps.reading
					test.end(s, withdrawn)
					synctest.Wait()
					steps.let <- struct{}{}
					if filters != nil {
						if g := m.next().GetNotice().GetGoodbye(); g.GetReason() != test.reason || g.GetCursor() != s.store.Epoch().Cursor(10) {
							t.Errorf("the goodbye is %v", g)
						}
					}
					if e, err := m.Recv(); status.Code(err) != test.code {
						t.Errorf("got %v and %v, want %v", e, err, test.code)
					}
				})
			})
		}
	}
}
