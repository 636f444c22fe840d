package monitor_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/monitor"
	"github.com/seed-2f16ea30/logsieve/internal/store"
	"github.com/seed-2f16ea30/logsieve/internal/store/local"
)

func TestWrongListings(t *testing.T) {
	s := start(t)
	s.write(3)
	now := time.Now()
	page, err := s.ListEntries(t.Context(), &loggerv1.ListEntriesRequest{PageSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		req  *loggerv1.ListEntriesRequest
		says string
	}{
		"since that is no time": {&loggerv1.ListEntriesRequest{Since: &timestamppb.Timestamp{Nanos: -1}}, "since is not a valid time"},
		"until that is no time": {&loggerv1.ListEntriesRequest{Until: &timestamppb.Timestamp{Seconds: 1 << 60}}, "until is not a valid time"},
		"until before since":    {&loggerv1.ListEntriesRequest{Since: timestamppb.New(now), Until: timestamppb.New(now.Add(-time.Second))}, "until is before since"},
		"token of nothing":      {&loggerv1.ListEntriesRequest{PageToken: "nonsense"}, "page token"},
		"token garbled":         {&loggerv1.ListEntriesRequest{PageToken: page.GetNextPageToken()[:30] + strings.Repeat("A", 20)}, "garbled"},
		"token half":            {&loggerv1.ListEntriesRequest{PageToken: page.GetNextPageToken()[:26]}, "page token"},
		"token of the other direction": {
			&loggerv1.ListEntriesRequest{PageToken: page.GetNextPageToken(), Order: loggerv1.Order_OLDEST_FIRST}, "page token",
		},
		"page size": {&loggerv1.ListEntriesRequest{PageSize: 10_001}, "page_size"},
		"order":     {&loggerv1.ListEntriesRequest{Order: 99}, "order"},
		"query":     {&loggerv1.ListEntriesRequest{Query: "severity>="}, "no value"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.ListEntries(t.Context(), test.req)
			if status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), test.says) {
				t.Errorf("ended with %v, want INVALID_ARGUMENT and %q", err, test.says)
			}
		})
	}
}

func TestSinceAndUntilOfTheSameTime(t *testing.T) {
	s := start(t)
	s.write(3)
	at := timestamppb.Now()
	page, err := s.ListEntries(t.Context(), &loggerv1.ListEntriesRequest{Since: at, Until: at})
	if err != nil || len(page.GetEntries()) != 0 {
		t.Errorf("got %v, %v", page, err)
	}
}

// damaged is a store in which entries 3 to 8 cannot be read.
type damaged struct{ *local.Log }

func (d damaged) gap(b store.Batch, err error) (store.Batch, error) {
	const from, to = 2, 8
	if err == nil && b.After < to && b.Through > from {
		b = store.Batch{After: from, Through: to, Gap: &store.Gap{Reason: store.Damage, Entries: to - from}}
	}
	return b, err
}

func (d damaged) Read(ctx context.Context, after entry.Position, maxBytes int) (store.Batch, error) {
	return d.gap(d.Log.Read(ctx, after, maxBytes))
}

func (d damaged) ReadBackward(ctx context.Context, before entry.Position, maxBytes int) (store.Batch, error) {
	return d.gap(d.Log.ReadBackward(ctx, before, maxBytes))
}

// TestGapIsWithinThePage lists a stretch that begins and ends within a larger gap: what is
// told is what is missing of the stretch.
func TestGapIsWithinThePage(t *testing.T) {
	for _, order := range []loggerv1.Order{loggerv1.Order_NEWEST_FIRST, loggerv1.Order_OLDEST_FIRST} {
		t.Run(order.String(), func(t *testing.T) {
			s := start(t, func(c *setup) {
				c.history = func(log *local.Log) monitor.History { return damaged{log} }
			})
			s.write(10)
			cursor := s.store.Epoch().Cursor
			page, err := s.ListEntries(t.Context(), &loggerv1.ListEntriesRequest{
				Order: order, AfterCursor: cursor(4), UntilCursor: cursor(6),
			})
			if err != nil || len(page.GetGaps()) != 1 {
				t.Fatal(page, err)
			}
			if g := page.GetGaps()[0]; g.GetFromCursor() != cursor(4) || g.GetToCursor() != cursor(6) || g.GetEntries() != 2 {
				t.Errorf("the gap is %v, want the entries 5 and 6", g)
			}
		})
	}
}
