package monitor

import (
	"context"
	"slices"
	"strings"
	"time"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

const (
	defaultPageSize = 100
	maxPageSize     = 10_000
	// maxPageBytes keeps a page below the 4 MiB that gRPC clients take by default.
	maxPageBytes = 3 << 20
	// pageTime bounds how long a page searches for entries that match rarely: the caller
	// gets what there is and a token to go on with.
	pageTime = 2 * time.Second
)

// ListEntries returns a page of retained entries.
func (s *Service) ListEntries(ctx context.Context, req *loggerv1.ListEntriesRequest) (*loggerv1.ListEntriesResponse, error) {
	r, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	p, err := newPage(ctx, r, req)
	if err != nil {
		return nil, err
	}
	deadline := time.Now().Add(pageTime)
	for !p.full && p.low < p.high {
		if time.Now().After(deadline) {
			break
		}
		if err := p.read(ctx); err != nil {
			return nil, err
		}
	}
	more := p.low < p.high
	if more && p.full && r.scope != nil {
		if more, err = p.more(ctx, deadline); err != nil {
			return nil, err
		}
	}
	if more {
		p.response.NextPageToken = p.token()
	}
	return p.response, nil
}

// more tells whether anything may be read beyond a page that is full: that there is a next
// page would otherwise tell that others have written something. If that is not known in
// time, there is one.
func (p *page) more(ctx context.Context, deadline time.Time) (bool, error) {
	beyond := *p
	beyond.matcher, beyond.size, beyond.full = p.reader.scope, 1, false
	beyond.bytes, beyond.response = 0, &loggerv1.ListEntriesResponse{}
	for !beyond.full && beyond.low < beyond.high {
		if time.Now().After(deadline) {
			return true, nil
		}
		if err := beyond.read(ctx); err != nil {
			return false, err
		}
	}
	return beyond.full || len(beyond.response.GetGaps()) > 0, nil
}

// page is one page while it is filled: what is still to be read of it are the positions
// behind low, up to and including high.
type page struct {
	service   *Service
	reader    *reader
	matcher   *filter.Matcher
	low, high entry.Position
	backward  bool
	size      int
	bytes     int
	full      bool
	response  *loggerv1.ListEntriesResponse
}

func newPage(ctx context.Context, r *reader, req *loggerv1.ListEntriesRequest) (*page, error) {
	m, err := filter.Compile(&loggerv1.LogFilter{
		Query: req.GetQuery(), MinSeverity: req.GetMinSeverity(), Services: req.GetServices(), Hosts: req.GetHosts(),
		Attributes: req.GetAttributes(), Contains: req.GetContains(), Excludes: req.GetExcludes(), Regex: req.GetRegex(),
	})
	if err != nil {
		return nil, err
	}
	if req.GetPageSize() > maxPageSize {
		return nil, fault.Invalid("page_size", "page_size is above its limit of 10,000", "ask for fewer and go on with next_page_token")
	}
	if o := req.GetOrder(); o < 0 || o > loggerv1.Order_OLDEST_FIRST {
		return nil, fault.Invalid("order", "order is not a value that this server knows", "send NEWEST_FIRST or OLDEST_FIRST")
	}
	p := &page{
		service: r.service, reader: r, matcher: r.within(m), size: int(req.GetPageSize()), response: &loggerv1.ListEntriesResponse{},
		backward: req.GetOrder() != loggerv1.Order_OLDEST_FIRST,
	}
	if p.size == 0 {
		p.size = defaultPageSize
	}
	if err := p.bound(ctx, req); err != nil {
		return nil, err
	}
	return p, nil
}

// bound finds the stretch of the log that a request asks for.
func (p *page) bound(ctx context.Context, req *loggerv1.ListEntriesRequest) (err error) {
	s := p.service
	bounds := s.history.Bounds()
	p.low, p.high = bounds.Floor, bounds.Head
	raise := func(to entry.Position) { p.low = max(p.low, to) }
	lower := func(to entry.Position) { p.high = min(p.high, to) }
	var at entry.Position
	if t := req.GetSince(); t != nil {
		if at, err = s.history.PositionAt(ctx, t.AsTime()); err != nil {
			return err
		}
		raise(at)
	}
	if t := req.GetUntil(); t != nil {
		if at, err = s.history.PositionAt(ctx, t.AsTime()); err != nil {
			return err
		}
		lower(at)
	}
	if c := req.GetAfterCursor(); c != "" {
		if at, err = p.afterCursor(c, req.GetPageToken()); err != nil {
			return err
		}
		raise(at)
	}
	if c := req.GetBeforeCursor(); c != "" {
		if at, err = p.reader.position("before_cursor", c); err != nil {
			return err
		}
		lower(max(at, 1) - 1)
	}
	if c := req.GetUntilCursor(); c != "" {
		// Wherever it is: what retention has overtaken leaves nothing, and that is the answer.
		if at, err = p.reader.anyPosition("until_cursor", c); err != nil {
			return err
		}
		lower(at)
	}
	// Not raised to the floor: what was removed since the page before is told as a gap.
	return p.resume(req.GetPageToken(), func(to entry.Position) { p.low = to }, lower)
}

// afterCursor returns the position of the cursor that a listing begins behind. On a page
// that is not the first, retention may have passed it.
func (p *page) afterCursor(cursor, token string) (entry.Position, error) {
	if token == "" {
		return p.reader.position("after_cursor", cursor)
	}
	return p.reader.anyPosition("after_cursor", cursor)
}

// A page token is the direction and the cursor of where the page before has come to.
const (
	tokenBackward = "n."
	tokenForward  = "o."
)

func (p *page) token() string {
	if p.backward {
		return tokenBackward + p.reader.cursors.Mark(p.high)
	}
	return tokenForward + p.reader.cursors.Mark(p.low)
}

func (p *page) resume(token string, begin, lower func(entry.Position)) error {
	if token == "" {
		return nil
	}
	prefix, move := tokenForward, begin
	if p.backward {
		prefix, move = tokenBackward, lower
	}
	cursor, ok := strings.CutPrefix(token, prefix)
	if !ok {
		return fault.Invalid("page_token", "the page token is not one of this listing", "send next_page_token as it came, with all other fields unchanged")
	}
	at, err := p.reader.anyPosition("page_token", cursor)
	if err != nil {
		return err
	}
	move(at)
	return nil
}

// read adds one stretch of the log to the page.
func (p *page) read(ctx context.Context) error {
	release, err := p.service.hub.Turn(ctx)
	if err != nil {
		return err
	}
	var b store.Batch
	if p.backward {
		b, err = p.service.history.ReadBackward(ctx, p.high+1, readBytes)
	} else {
		b, err = p.service.history.Read(ctx, p.low, readBytes)
	}
	release()
	switch {
	case err != nil:
		return err
	case b.Gap != nil:
		p.tellGap(b)
	case p.backward:
		for _, e := range slices.Backward(b.Entries) {
			if e.Position <= p.low || p.full {
				break
			}
			p.add(e)
			p.high = e.Position - 1
		}
		if !p.full {
			p.high = max(b.After, p.low)
		}
		if b.Through == b.After { // what is left down to low has been removed
			p.high = p.low
		}
	default:
		for _, e := range b.Entries {
			if e.Position > p.high || p.full {
				break
			}
			p.add(e)
			p.low = e.Position
		}
		if !p.full {
			p.low = min(b.Through, p.high)
		}
		if b.Through == b.After { // nothing is left up to high
			p.low = p.high
		}
	}
	return nil
}

func (p *page) add(e *entry.Entry) {
	if !p.matcher.Match(e) {
		return
	}
	p.response.Entries = append(p.response.Entries, e.ToProto(p.reader.cursors.Cursor(e.Position)))
	p.bytes += len(e.Wire()) + store.CursorLength
	p.full = len(p.response.Entries) >= p.size || p.bytes >= maxPageBytes
}

func (p *page) tellGap(b store.Batch) {
	cursors := p.reader.cursors
	p.response.Gaps = append(p.response.Gaps, &loggerv1.Gap{
		FromCursor: cursors.Mark(b.After), ToCursor: cursors.Mark(b.Through),
		Entries: p.reader.count(b.Gap.Entries), Reason: gapReason(b.Gap.Reason),
	})
	if p.backward {
		p.high = max(b.After, p.low)
	} else {
		p.low = min(b.Through, p.high)
	}
}

func gapReason(r store.GapReason) loggerv1.GapReason {
	if r == store.Damage {
		return loggerv1.GapReason_DAMAGE
	}
	return loggerv1.GapReason_RETENTION
}
