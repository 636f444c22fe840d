package monitor

import (
	"log/slog"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
	"github.com/seed-2f16ea30/logsieve/internal/hub"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// still is a log to which nothing comes.
type still struct{ hub.Log }

func (still) Bounds() store.Bounds { return store.Bounds{Head: 7} }

// BenchmarkProgress is what an idle stream costs each time that it tells where it is.
func BenchmarkProgress(b *testing.B) {
	h := hub.New(hub.Config{}, still{})
	service := New(Config{}, h, nil, nil, NewMetrics(prometheus.NewRegistry()), slog.New(slog.DiscardHandler))
	r := &reader{service: service, principal: &auth.Principal{}, cursors: store.Epoch(1).Plain()}
	s := newSession(r, newOutbox(&sent{ctx: b.Context()}, r.cursors), newInbox(r, 0, 0))
	defer s.close()
	s.matcher, s.reached = &filter.Matcher{}, 7
	b.ReportAllocs()
	for b.Loop() {
		if err := s.tellProgress(); err != nil {
			b.Fatal(err)
		}
	}
}
