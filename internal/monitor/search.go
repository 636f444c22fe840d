package monitor

import (
	"context"
	"slices"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// search looks for where a filter begins that asks for the last entries which match. A
// filter that matches rarely takes it far back, for minutes in a large log: so it is done
// in steps, and between them the stream looks at whatever else has come.
type search struct {
	received

	head   entry.Position // where the log ended when the filter came
	before entry.Position // what is behind it, itself included, has been looked at
	left   uint32         // how many are still to be found
}

// newSearch returns the search for a filter that came when the log ended at head.
func newSearch(r received, head entry.Position) *search {
	return &search{received: r, head: head, before: head + 1, left: r.filter.GetLast()}
}

// step looks through one stretch of the log, and tells whether the search is over and where
// the filter begins.
func (s *search) step(ctx context.Context, service *Service) (begin entry.Position, found bool, err error) {
	batch, err := service.readBackward(ctx, s.before)
	if err != nil {
		return 0, false, err
	}
	for _, e := range slices.Backward(batch.Entries) {
		matches, err := service.hub.Selects(ctx, s.matcher, e)
		if err != nil {
			return 0, false, err
		}
		if !matches {
			continue
		}
		if s.left--; s.left == 0 {
			return e.Position - 1, true, nil
		}
	}
	// A gap is passed over here: it is told when the stream comes to it on its way
	// forward, unless it lies at the very beginning of what is retained.
	floor := service.history.Bounds().Floor
	if batch.After == 0 || batch.After <= floor {
		return max(batch.After, floor), true, nil
	}
	s.before = batch.After + 1
	return 0, false, nil
}

// readBytes is about how much a stream that is behind reads in one go. Larger reads hold
// more memory and answer a changed filter later; smaller ones pay the store's seek more
// often. A hundred readers at once that are far behind took 57 MiB with 64 KiB, 103 with
// 256 KiB and 170 with 1 MiB, for the same processor time.
const readBytes = 64 << 10

func (s *Service) readBackward(ctx context.Context, before entry.Position) (b store.Batch, err error) {
	release, err := s.hub.Turn(ctx)
	if err != nil {
		return b, err
	}
	defer release()
	return s.history.ReadBackward(ctx, before, readBytes)
}
