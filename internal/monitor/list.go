package monitor

import (
	"context"
	"slices"
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
	m, err := r.service.compile(&loggerv1.LogFilter{
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

// read adds one stretch of the log to the page.
func (p *page) read(ctx context.Context) error {
	if p.backward {
		b, err := p.service.readBackward(ctx, p.high+1)
		if err == nil {
			err = p.takeBackward(ctx, b)
		}
		return err
	}
	release, err := p.service.hub.Turn(ctx)
	if err != nil {
		return err
	}
	b, err := p.service.history.Read(ctx, p.low, readBytes)
	release()
	if err == nil {
		err = p.takeForward(ctx, b)
	}
	return err
}

func (p *page) takeBackward(ctx context.Context, b store.Batch) error {
	switch {
	case b.Gap != nil:
		p.tellGap(b.After, b.Through, gapReason(b.Gap.Reason))
		p.high = max(b.After, p.low)
		return nil
	case b.Through == b.After: // what is left down to low has been removed
		p.tellGap(p.low, p.high, loggerv1.GapReason_RETENTION)
		p.high = p.low
		return nil
	}
	for _, e := range slices.Backward(b.Entries) {
		if e.Position <= p.low || p.full {
			break
		}
		if err := p.add(ctx, e); err != nil {
			return err
		}
		p.high = e.Position - 1
	}
	if !p.full {
		p.high = max(b.After, p.low)
	}
	return nil
}

func (p *page) takeForward(ctx context.Context, b store.Batch) error {
	switch {
	case b.Gap != nil:
		p.tellGap(b.After, b.Through, gapReason(b.Gap.Reason))
		p.low = min(b.Through, p.high)
		return nil
	case b.Through == b.After: // nothing is left up to high
		p.low = p.high
		return nil
	}
	for _, e := range b.Entries {
		if e.Position > p.high || p.full {
			break
		}
		if err := p.add(ctx, e); err != nil {
			return err
		}
		p.low = e.Position
	}
	if !p.full {
		p.low = min(b.Through, p.high)
	}
	return nil
}

func (p *page) add(ctx context.Context, e *entry.Entry) error {
	if matches, err := p.service.hub.Selects(ctx, p.matcher, e); err != nil || !matches {
		return err
	}
	p.response.Entries = append(p.response.Entries, e.ToProto(p.reader.cursors.Cursor(e.Position)))
	p.bytes += len(e.Wire()) + store.CursorLength
	p.full = len(p.response.Entries) >= p.size || p.bytes >= maxPageBytes
	return nil
}

// tellGap tells of what is missing behind one position, up to and including another, as far
// as it is within the page.
func (p *page) tellGap(after, through entry.Position, reason loggerv1.GapReason) {
	after, through = max(after, p.low), min(through, p.high)
	entries := p.service.history.Entries(after, through)
	if entries == 0 {
		return // positions that no entry ever had
	}
	cursors := p.reader.cursors
	p.response.Gaps = append(p.response.Gaps, &loggerv1.Gap{
		FromCursor: cursors.Mark(after), ToCursor: cursors.Mark(through),
		Entries: p.reader.count(entries), Reason: reason,
	})
}

func gapReason(r store.GapReason) loggerv1.GapReason {
	if r == store.Damage {
		return loggerv1.GapReason_DAMAGE
	}
	return loggerv1.GapReason_RETENTION
}
