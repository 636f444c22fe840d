package monitor_test

import (
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/monitor"
)

// hits counts how often each limit bit.
type hits struct {
	mu    sync.Mutex
	count map[string]int
}

var _ monitor.LimitHits = (*hits)(nil)

func (h *hits) Hit(limit string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.count == nil {
		h.count = map[string]int{}
	}
	h.count[limit]++
}

// check checks that these limits bit so often, and no others.
func (h *hits) check(t *testing.T, want map[string]int) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if diff := cmp.Diff(want, maps.Clone(h.count)); diff != "" {
		t.Errorf("the limits that bit (-want +got):\n%s", diff)
	}
}

// TestIdleStreamEnds leaves a stream alone, and then with entries and filters that keep it
// from being idle.
func TestIdleStreamEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := &hits{}
		const timeout = 10 * time.Second
		s := start(t, func(c *setup) { c.monitor.IdleTimeout, c.monitor.Limits = timeout, limits })
		begun := time.Now()
		m := s.monitor(query("service=a"))
		m.live(1)
		time.Sleep(timeout - time.Second)
		s.write(1)
		m.entries(1, 1)
		time.Sleep(timeout - time.Second)
		m.send(query("service=nobody"))
		m.live(2)
		time.Sleep(timeout - time.Second)
		s.write(1) // nothing for this stream
		g := m.next().GetNotice().GetGoodbye()
		if g.GetReason() != loggerv1.GoodbyeReason_IDLE || g.GetCursor() != s.store.Epoch().Cursor(2) {
			t.Errorf("the goodbye is %v", g)
		}
		if _, err := m.Recv(); status.Code(err) != codes.DeadlineExceeded {
			t.Errorf("ended with %v", err)
		}
		if lasted, want := time.Since(begun), 2*(timeout-time.Second)+timeout; lasted != want {
			t.Errorf("it lasted %v, want %v", lasted, want)
		}
		limits.check(t, map[string]int{"stream.idle_timeout": 1})
	})
}

// TestLimitsAreCounted runs into each of them.
func TestLimitsAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := &hits{}
		s := start(t, func(c *setup) {
			c.monitor.Limits = limits
			c.monitor.MaxStreams, c.monitor.MaxStreamsPerPrincipal = 2, 1
			c.monitor.MaxAge, c.monitor.FirstFilterTimeout = 20*time.Second, 10*time.Second
			c.monitor.FilterUpdates, c.monitor.FilterBurst = 1, 1
		})
		mine := s.as(principal(t, "mine", ""))
		m := mine.monitor(all())
		m.live(1)
		second := mine.monitor(all())
		if _, err := second.Recv(); status.Code(err) != codes.ResourceExhausted {
			t.Errorf("the second stream of a principal: %v", err)
		}
		silent := s.monitor()
		synctest.Wait()
		if _, err := s.monitor().Recv(); status.Code(err) != codes.ResourceExhausted {
			t.Errorf("the third stream: %v", err)
		}
		if _, err := silent.Recv(); status.Code(err) != codes.DeadlineExceeded {
			t.Errorf("a stream without a filter: %v", err)
		}
		m.send(all())
		m.live(2)
		m.send(all())
		m.send(all())
		for applied := uint32(0); applied != 4; {
			applied = m.next().GetNotice().GetApplied().GetRevision()
		}
		for err := error(nil); err == nil; {
			_, err = m.Recv()
		}
		limits.check(t, map[string]int{
			"stream.max_streams": 1, "stream.max_streams_per_principal": 1, "stream.first_filter_timeout": 1,
			"stream.filter_updates": 1, "stream.max_age": 1,
		})
	})
}
