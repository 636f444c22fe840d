package monitor

import (
	"context"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// bound finds the stretch of the log that a page is of.
func (p *page) bound(ctx context.Context, req *loggerv1.ListEntriesRequest) error {
	bounds := p.service.history.Bounds()
	p.low, p.high = bounds.Floor, bounds.Head
	if err := p.boundByTime(ctx, req); err != nil {
		return err
	}
	if err := p.boundByCursor(req); err != nil {
		return err
	}
	if token := req.GetPageToken(); token != "" {
		return p.resume(token)
	}
	return nil
}

func (p *page) raise(to entry.Position) { p.low = max(p.low, to) }
func (p *page) lower(to entry.Position) { p.high = min(p.high, to) }

func (p *page) boundByTime(ctx context.Context, req *loggerv1.ListEntriesRequest) error {
	since, err := timeOf("since", req.GetSince())
	if err != nil {
		return err
	}
	until, err := timeOf("until", req.GetUntil())
	if err != nil {
		return err
	}
	if req.GetSince() != nil && req.GetUntil() != nil && until.Before(since) {
		return fault.Invalid("until", "until is before since", "send a time at since or after it")
	}
	if req.GetSince() != nil {
		at, err := p.service.history.PositionAt(ctx, since)
		if err != nil {
			return err
		}
		p.raise(at)
	}
	if req.GetUntil() != nil {
		at, err := p.service.history.PositionAt(ctx, until)
		if err != nil {
			return err
		}
		p.lower(at)
	}
	return nil
}

// timeOf returns the time of a field, which may be left out.
func timeOf(field string, t *timestamppb.Timestamp) (time.Time, error) {
	if err := t.CheckValid(); t != nil && err != nil {
		return time.Time{}, fault.Invalid(field, field+" is not a valid time", "send a time of the years 1 to 9999")
	}
	return t.AsTime(), nil
}

func (p *page) boundByCursor(req *loggerv1.ListEntriesRequest) error {
	// On a page that is not the first, retention may have passed the cursors.
	position := p.reader.position
	if req.GetPageToken() != "" {
		position = p.reader.anyPosition
	}
	if c := req.GetAfterCursor(); c != "" {
		at, err := position("after_cursor", c)
		if err != nil {
			return err
		}
		p.raise(at)
	}
	if c := req.GetBeforeCursor(); c != "" {
		at, err := position("before_cursor", c)
		if err != nil {
			return err
		}
		p.lower(max(at, 1) - 1)
	}
	if c := req.GetUntilCursor(); c != "" {
		// Wherever it is: what retention has overtaken leaves nothing, and that is the answer.
		at, err := p.reader.anyPosition("until_cursor", c)
		if err != nil {
			return err
		}
		p.lower(at)
	}
	return nil
}

// A page token is the direction and the cursors of what is left of the listing. Backward
// these are two: where the first page found the log to begin is the end of the listing, and
// what retention has removed of it since is told.
const (
	tokenBackward = "n."
	tokenForward  = "o."
)

func (p *page) token() string {
	mark := p.reader.cursors.Mark
	if p.backward {
		return tokenBackward + mark(p.high) + mark(p.low)
	}
	return tokenForward + mark(p.low)
}

// resume makes the page the one behind another.
func (p *page) resume(token string) error {
	const one, two = store.CursorLength, 2 * store.CursorLength
	if cursor, ok := strings.CutPrefix(token, tokenForward); ok && !p.backward && len(cursor) == one {
		at, err := p.reader.anyPosition("page_token", cursor)
		// Not raised to the floor: what was removed since the page before is told as a gap.
		p.low = at
		return err
	}
	cursors, ok := strings.CutPrefix(token, tokenBackward)
	if !ok || !p.backward || len(cursors) != two {
		return fault.Invalid("page_token", "the page token is not one of this listing", "send next_page_token as it came, with all other fields unchanged")
	}
	high, err := p.reader.anyPosition("page_token", cursors[:one])
	if err != nil {
		return err
	}
	low, err := p.reader.anyPosition("page_token", cursors[one:])
	p.lower(high)
	p.low = low
	return err
}
