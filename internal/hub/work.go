package hub

import (
	"context"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// A regular expression can be made to take a tenth of a second an entry, which everybody
// would wait for: all entries pass through the one goroutine that publishes. So it spends on
// expressions no more than workPerSecond, at 7 ns each 0.45 s a second at worst, and at most
// maxWork at once, which is 3.6 ms with the lock held. What people write takes a twentieth of
// that. What cannot be decided within it is handed to the subscription undecided, for its
// stream to judge. Without the bound, one filter of 20 characters brought the hub down to
// nine entries of 16 KiB a second.
const (
	workPerSecond = 64_000_000
	maxWork       = 512_000
)

// workRate is how much work may be done now.
type workRate struct {
	filter.Allowance

	last time.Time
}

func (w *workRate) refill(now time.Time) {
	if since := now.Sub(w.last); since < time.Second {
		w.Left = min(maxWork, w.Left+filter.Work(since.Seconds()*workPerSecond))
	} else {
		w.Left = maxWork
	}
	w.last = now
}

// freeWork is what judging an entry may take without a turn: 30 µs at worst, and less than
// three with what people write.
const freeWork = 4_000

// Selects tells whether a filter selects an entry. Where that may take long, it waits until
// one of few may judge: streams with such filters share half of the processors, so that
// the others, and the hub, have the other half. It fails only if ctx ends first.
func (h *Hub) Selects(ctx context.Context, m *filter.Matcher, e *entry.Entry) (bool, error) {
	free := filter.Allowance{Left: freeWork}
	if may, sure := m.MatchWithin(e, &free); sure {
		return may, nil
	}
	select {
	case h.dear <- struct{}{}:
		defer func() { <-h.dear }()
		return m.Match(e), nil
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
}
