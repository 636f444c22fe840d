package monitor

import (
	"context"
	"errors"
	"time"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
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
// since. The last n entries are a [search] of their own.
func (r *reader) begin(ctx context.Context, f *loggerv1.LogFilter, otherwise entry.Position) (entry.Position, error) {
	switch begin := f.GetBegin().(type) {
	case *loggerv1.LogFilter_AfterCursor:
		return r.position("after_cursor", begin.AfterCursor)
	case *loggerv1.LogFilter_Since:
		return r.service.history.PositionAt(ctx, begin.Since.AsTime())
	default:
		return otherwise, nil
	}
}

// canceled tells whether an error says no more than that the call is over.
func canceled(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
