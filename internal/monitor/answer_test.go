package monitor

import (
	"log/slog"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/frame"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// empty is a store without entries.
type empty struct{ History }

func (empty) Bounds() store.Bounds { return store.Bounds{} }

// TestAnswersAreSentBeforeTheEnd has a filter that was overtaken by one that ends the stream:
// over HTTP, where frames are gathered, the answer to the first is sent all the same.
func TestAnswersAreSentBeforeTheEnd(t *testing.T) {
	service := New(Config{}, nil, empty{}, nil, NewMetrics(prometheus.NewRegistry()), slog.New(slog.DiscardHandler))
	r := &reader{service: service, principal: &auth.Principal{}, cursors: store.Epoch(1).Plain()}
	stream := &sent{ctx: t.Context()}
	out := newOutbox(stream, r.cursors)
	out.encoding = frame.NDJSON
	filters := newInbox(r, 0, 0)
	overtaken := &loggerv1.LogFilter{Begin: &loggerv1.LogFilter_AfterCursor{AfterCursor: "of what is gone"}}
	filters.waiting = []received{{revision: 1, refusal: errSuperseded}, {revision: 2, filter: overtaken}}
	filters.pending.Store(true)
	s := newSession(r, out, filters)
	defer s.close()
	if err := s.takeFilters(t.Context()); err == nil {
		t.Error("the stream goes on with no filter")
	}
	if stream.last == nil {
		t.Error("that the first filter was overtaken was not sent")
	}
}
