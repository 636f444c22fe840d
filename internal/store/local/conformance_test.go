package local

import (
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/store/storetest"
)

// subject is a log that the conformance suite can open again, and that has a clock which
// can be put forward.
type subject struct {
	*Log
	cfg   Config
	ahead *atomic.Int64
}

var (
	_ storetest.Reopener = (*subject)(nil)
	_ storetest.Expirer  = (*subject)(nil)
)

func newSubject(t *testing.T, cfg Config, ahead *atomic.Int64) *subject {
	t.Helper()
	env := machine()
	env.now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	l, err := open(cfg, slog.New(slog.DiscardHandler), env)
	if err != nil {
		t.Fatal(err)
	}
	s := &subject{l, cfg, ahead}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (s *subject) Reopen(t *testing.T) storetest.Engine {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return newSubject(t, s.cfg, s.ahead)
}

func (s *subject) Expire(t *testing.T) {
	t.Helper()
	s.ahead.Add(int64(2 * s.cfg.MaxAge))
	if err := s.Retain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, mode := range []SyncMode{Written, Fsync} {
		t.Run(mode.String(), func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) storetest.Engine {
				t.Helper()
				return newSubject(t, Config{Dir: t.TempDir(), Sync: mode, MaxAge: time.Hour}, new(atomic.Int64))
			})
		})
	}
}
