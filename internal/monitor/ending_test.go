package monitor

import (
	"log/slog"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// withdrawing is a stream during whose third message the credential is withdrawn.
type withdrawing struct {
	sent

	messages  int
	withdrawn chan struct{}
}

func (w *withdrawing) SendMsg(m any) error {
	if w.messages++; w.messages == 3 {
		close(w.withdrawn)
	}
	return w.sent.SendMsg(m)
}

// TestNothingIsSentBehindTheEndOfACredential holds within a stretch of the log that was read
// as one: not one entry more is sent.
func TestNothingIsSentBehindTheEndOfACredential(t *testing.T) {
	stream := &withdrawing{sent: sent{ctx: t.Context()}, withdrawn: make(chan struct{})}
	service := New(Config{}, nil, nil, nil, NewMetrics(prometheus.NewRegistry()), slog.New(slog.DiscardHandler))
	r := &reader{service: service, principal: &auth.Principal{Revoked: stream.withdrawn}, cursors: store.Epoch(1).Plain()}
	s := newSession(r, newOutbox(stream, r.cursors), newInbox(r, 0, 0))
	defer s.close()
	var entries []*entry.Entry
	for p := range entry.Position(10) {
		e := &entry.Entry{Message: "x"}
		e.Freeze(p + 1)
		entries = append(entries, e)
	}
	whole, judged, err := s.deliver(t.Context(), entries, true)
	if whole || judged != 3 || err != nil || stream.messages != 3 || s.reached != 3 {
		t.Errorf("%d entries were sent and %d judged, up to %d, whole %t: %v", stream.messages, judged, s.reached, whole, err)
	}
	if s.ending() != revoked {
		t.Error("the stream does not know that it has to end")
	}
}
