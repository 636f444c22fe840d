package monitor

import (
	"context"
	"errors"
	"slices"
	"time"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// maxLast bounds LogFilter.last.
const maxLast = 1_000_000

// clockSkew is how far into the future a client's since may lie: clocks differ.
const clockSkew = 10 * time.Second

// checkBegin refuses a filter that cannot begin where it says. It is asked as soon as the
// filter comes, so that a wrong one overtakes none and hands its beginning on to none.
func (r *reader) checkBegin(f *loggerv1.LogFilter) error {
	switch begin := f.GetBegin().(type) {
	case *loggerv1.LogFilter_AfterCursor:
		_, err := r.position("after_cursor", begin.AfterCursor)
		return err
	case *loggerv1.LogFilter_Since:
		if err := begin.Since.CheckValid(); err != nil {
			return fault.Invalid("since", "since is not a valid time", "send a time of the years 1 to 9999")
		}
		if time.Until(begin.Since.AsTime()) > clockSkew {
			return fault.Invalid("since", "since is in the future", "send a time that has passed, or leave since out to begin now")
		}
	case *loggerv1.LogFilter_Last:
		if begin.Last > maxLast {
			return fault.Invalid("last", "last is above its limit of 1,000,000", "ask for fewer, or begin with since")
		}
	}
	return nil
}

// begin returns the position behind which a filter begins that checkBegin has found right;
// otherwise is the one where it begins if it does not say. A cursor may have become too old
// since.
func (r *reader) begin(ctx context.Context, f *loggerv1.LogFilter, m *filter.Matcher, otherwise entry.Position) (entry.Position, error) {
	switch begin := f.GetBegin().(type) {
	case *loggerv1.LogFilter_AfterCursor:
		return r.position("after_cursor", begin.AfterCursor)
	case *loggerv1.LogFilter_Since:
		return r.service.history.PositionAt(ctx, begin.Since.AsTime())
	case *loggerv1.LogFilter_Last:
		return r.service.lastPosition(ctx, m, int(begin.Last))
	default:
		return otherwise, nil
	}
}

// lastPosition returns the position behind which there are the last n entries that
// match, fewer if there are not as many.
func (s *Service) lastPosition(ctx context.Context, m *filter.Matcher, n int) (entry.Position, error) {
	before := s.history.Bounds().Head + 1
	if n == 0 {
		return before - 1, nil
	}
	for {
		batch, err := s.readBackward(ctx, before)
		if err != nil {
			return 0, err
		}
		for _, e := range slices.Backward(batch.Entries) {
			if !m.Match(e) {
				continue
			}
			if n--; n == 0 {
				return e.Position - 1, nil
			}
		}
		// A gap is passed over here: it is told when the stream comes to it on its way
		// forward, unless it lies at the very beginning of what is retained.
		if batch.After == 0 || batch.After <= s.history.Bounds().Floor {
			return max(batch.After, s.history.Bounds().Floor), nil
		}
		before = batch.After + 1
	}
}

// readBytes is about how much a stream that is behind reads in one go. Larger reads hold
// more memory and answer a changed filter later; smaller ones pay the store's seek more
// often.
const readBytes = 256 << 10

func (s *Service) readBackward(ctx context.Context, before entry.Position) (b store.Batch, err error) {
	release, err := s.hub.Turn(ctx)
	if err != nil {
		return b, err
	}
	defer release()
	return s.history.ReadBackward(ctx, before, readBytes)
}

// canceled tells whether an error says no more than that the call is over.
func canceled(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
