package load

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// Tally counts what one stream is sent of a [Plan]. One goroutine hands it what comes;
// Await and Delivered may be called by others.
type Tally struct {
	class Class
	plan  Plan
	want  uint64
	loose bool

	next      []uint64        // by writer: the number that comes next, if all is well
	skipped   map[ID]struct{} // numbers that were passed over; nil while there are none
	counts    Counts
	delivered atomic.Uint64
	done      chan struct{} // closed when all that was wanted has come
}

// Counts is what a stream was sent. But for Delivered, all should be 0.
type Counts struct {
	// Delivered counts the entries that came and should have, each once.
	Delivered uint64 `json:"delivered"`
	// Missing counts those that should have come and did not.
	Missing uint64 `json:"missing"`
	// Twice counts those that came again, Disordered those that came behind a later one of
	// the same writer.
	Twice      uint64 `json:"twice"`
	Disordered uint64 `json:"out_of_order"`
	// Foreign counts those that do not match the filter, or were not written.
	Foreign uint64 `json:"not_matching"`
	// Gaps counts the entries that the server said are missing.
	Gaps uint64 `json:"told_as_gap"`
}

// Add adds the counts of another stream.
func (c *Counts) Add(d Counts) {
	c.Delivered += d.Delivered
	c.Missing += d.Missing
	c.Twice += d.Twice
	c.Disordered += d.Disordered
	c.Foreign += d.Foreign
	c.Gaps += d.Gaps
}

// Faults returns how much went wrong: 0 is well.
func (c Counts) Faults() uint64 { return c.Missing + c.Twice + c.Disordered + c.Foreign + c.Gaps }

// NewTally returns a tally of a stream that is to be sent the entries of a class.
func NewTally(class Class, plan Plan) *Tally {
	t := &Tally{
		class: class, plan: plan, want: plan.Count(class),
		next: make([]uint64, len(plan.From)), done: make(chan struct{}),
	}
	for w, from := range plan.From {
		t.next[w] = class.from(from)
	}
	if t.want == 0 {
		close(t.done)
	}
	return t
}

// AnyOrder makes the tally one of entries that the log may have in any order, as after
// [Writers.Single], and returns it.
func (t *Tally) AnyOrder() *Tally {
	t.loose = true
	return t
}

// Entry takes an entry that was delivered.
func (t *Tally) Entry(id ID) {
	if id.Writer >= len(t.next) || !t.class.has(id.Number) || id.Number < t.plan.From[id.Writer] || id.Number >= t.plan.To[id.Writer] {
		t.counts.Foreign++
		return
	}
	next := &t.next[id.Writer]
	switch {
	case id.Number == *next:
		*next += t.class.Of
	case id.Number > *next:
		t.skip(id)
	case !t.returned(id):
		t.counts.Twice++
		return
	}
	if t.delivered.Add(1) == t.want {
		close(t.done)
	}
}

// skip passes over the numbers before one that came early.
func (t *Tally) skip(id ID) {
	if t.skipped == nil {
		t.skipped = make(map[ID]struct{})
	}
	for n := t.next[id.Writer]; n < id.Number; n += t.class.Of {
		t.skipped[ID{Writer: id.Writer, Number: n}] = struct{}{}
	}
	t.next[id.Writer] = id.Number + t.class.Of
}

// returned tells whether an entry comes late, and not for the second time.
func (t *Tally) returned(id ID) bool {
	if _, late := t.skipped[id]; !late {
		return false
	}
	delete(t.skipped, id)
	if !t.loose {
		t.counts.Disordered++
	}
	return true
}

// Notice takes what the server says about the stream.
func (t *Tally) Notice(n *loggerv1.LogEntry) {
	if gap := n.GetNotice().GetGap(); gap != nil {
		t.counts.Gaps += max(gap.GetEntries(), 1)
	}
}

// Counts returns the counts. The stream must have ended.
func (t *Tally) Counts() Counts {
	c := t.counts
	c.Delivered = t.delivered.Load()
	c.Missing = t.want - c.Delivered
	return c
}

// Delivered returns how many entries have come, of how many.
func (t *Tally) Delivered() (n, of uint64) { return t.delivered.Load(), t.want }

// standstill is after how long without a delivery what has not come will not come: much
// more than a server needs that shares its machine, and less than patience.
const standstill = 20 * time.Second

// Await waits until all that was wanted has come. It fails if ctx ends, and if nothing
// has come for 20 seconds.
func (t *Tally) Await(ctx context.Context) error {
	ticker := time.NewTicker(standstill)
	defer ticker.Stop()
	for before := uint64(0); ; {
		select {
		case <-t.done:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-ticker.C:
			now := t.delivered.Load()
			if now == before {
				return fmt.Errorf("%d of %d entries came, and no more for %v", now, t.want, standstill)
			}
			before = now
		}
	}
}
