package monitor

import (
	"context"
	"fmt"
	"strings"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
)

// WriteEntries stores entries and returns once they are stored. Bad ones are named, the
// others kept.
func (s *Service) WriteEntries(ctx context.Context, req *loggerv1.WriteEntriesRequest) (*loggerv1.WriteEntriesResponse, error) {
	cursors, err := s.writerCursors(ctx)
	if err != nil {
		return nil, err
	}
	sent := req.GetEntries()
	if len(sent) == 0 {
		return nil, fault.Invalid("entries", "there are no entries", `send at least one, for example {"entries":[{"message":"hello"}]}`)
	}
	good := make([]*entry.Entry, 0, len(sent))
	var bad []*loggerv1.RejectedEntry
	for i, p := range sent {
		e, err := entry.FromProto(p)
		if err != nil {
			bad = append(bad, &loggerv1.RejectedEntry{Index: uint32(i), Message: err.Error()})
			continue
		}
		good = append(good, e)
	}
	if len(good) == 0 {
		return nil, allBad(bad)
	}
	if err := s.sink.Append(ctx, good); err != nil {
		return nil, err
	}
	return &loggerv1.WriteEntriesResponse{
		Accepted: uint32(len(good)), //nolint:gosec // G115: a request holds a few million entries at most.
		Rejected: bad,
		Cursor:   cursors.Cursor(good[len(good)-1].Position),
	}, nil
}

// allBad names the first few of a request that has no good entry.
func allBad(bad []*loggerv1.RejectedEntry) error {
	const named = 3
	var text strings.Builder
	fmt.Fprintf(&text, "none of the %d entries can be stored", len(bad))
	for _, r := range bad[:min(len(bad), named)] {
		fmt.Fprintf(&text, "; entry %d: %s", r.GetIndex(), r.GetMessage())
	}
	return fault.Invalid("entries", text.String(), "")
}
