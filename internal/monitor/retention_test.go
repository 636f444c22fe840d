package monitor_test

import (
	"context"
	"errors"
	"testing"
	"time"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/monitor"
	"github.com/seed-2f16ea30/logsieve/internal/store"
	"github.com/seed-2f16ea30/logsieve/internal/store/local"
)

// keepsNothing is a store whose retention removes everything just before it is read
// backward.
type keepsNothing struct {
	*local.Log

	reads int
}

func (k *keepsNothing) ReadBackward(ctx context.Context, before entry.Position, maxBytes int) (store.Batch, error) {
	const many = 10
	if k.reads++; k.reads > many {
		return store.Batch{}, errors.New("read again and again")
	}
	if err := k.Retain(ctx); err != nil {
		return store.Batch{}, err
	}
	return k.Log.ReadBackward(ctx, before, maxBytes)
}

// forgetful makes the store remove all that it has whenever it is told to.
func forgetful(c *setup) { c.store.MaxAge, c.store.RetentionInterval = time.Nanosecond, time.Hour }

func TestRetentionOvertakesWhoReadsBackward(t *testing.T) {
	for name, read := range map[string]func(*server) error{
		"ListFields": func(s *server) error {
			_, err := s.ListFields(t.Context(), &loggerv1.ListFieldsRequest{})
			return err
		},
		"ListEntries": func(s *server) error {
			resp, err := s.ListEntries(t.Context(), &loggerv1.ListEntriesRequest{})
			if resp.GetNextPageToken() != "" {
				t.Error("there is a next page of a log that is empty")
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, forgetful, func(c *setup) {
				c.history = func(log *local.Log) monitor.History { return &keepsNothing{Log: log} }
			})
			s.write(10)
			if err := read(s); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestRetentionOvertakesAPage goes on with a page when entries have been removed: those
// that are missing are told, and what was listed before is not asked for again.
func TestRetentionOvertakesAPage(t *testing.T) {
	s := start(t, forgetful)
	s.write(1)
	first, err := s.ListEntries(t.Context(), &loggerv1.ListEntriesRequest{})
	if err != nil || len(first.GetEntries()) != 1 {
		t.Fatal(first, err)
	}
	s.write(10)
	req := &loggerv1.ListEntriesRequest{
		Order: loggerv1.Order_OLDEST_FIRST, AfterCursor: first.GetEntries()[0].GetCursor(), PageSize: 4,
	}
	page, err := s.ListEntries(t.Context(), req)
	if err != nil || len(page.GetEntries()) != 4 {
		t.Fatal(page, err)
	}
	if err := s.store.Retain(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.write(2)
	req.PageToken = page.GetNextPageToken()
	page, err = s.ListEntries(t.Context(), req)
	if err != nil || len(page.GetEntries()) != 2 || page.GetEntries()[0].GetMessage() != message(12) {
		t.Fatal(page, err)
	}
	gaps := page.GetGaps()
	if len(gaps) != 1 || gaps[0].GetEntries() != 6 || gaps[0].GetReason() != loggerv1.GapReason_RETENTION {
		t.Errorf("the gaps are %v, want one of 6 entries", gaps)
	}
}

// TestRetentionOvertakesAPageBackward does the same with the newest entries first: the
// listing ends where it would have, with what is missing.
func TestRetentionOvertakesAPageBackward(t *testing.T) {
	s := start(t, forgetful)
	s.write(10)
	req := &loggerv1.ListEntriesRequest{PageSize: 4}
	page, err := s.ListEntries(t.Context(), req)
	if err != nil || len(page.GetEntries()) != 4 {
		t.Fatal(page, err)
	}
	if err := s.store.Retain(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.write(2)
	req.PageToken = page.GetNextPageToken()
	page, err = s.ListEntries(t.Context(), req)
	if err != nil || len(page.GetEntries()) != 0 || page.GetNextPageToken() != "" {
		t.Fatal(page, err)
	}
	gaps := page.GetGaps()
	if len(gaps) != 1 || gaps[0].GetEntries() != 6 || gaps[0].GetReason() != loggerv1.GapReason_RETENTION ||
		gaps[0].GetFromCursor() != s.store.Epoch().Cursor(0) || gaps[0].GetToCursor() != s.store.Epoch().Cursor(6) {
		t.Errorf("the gaps are %v, want one of the 6 entries that were not listed", gaps)
	}
}
