package client

import (
	"context"
	"fmt"
	"iter"

	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// List returns the retained entries that a request selects, in its order, page by page:
// page_size is how many are fetched at a time, not how many are returned. Leave the loop
// when there are enough.
//
// A range of the log that could not be read is returned as a notice, a Gap, behind the
// entries of the page that it belongs to. An error is the last thing that the loop gets,
// with a nil entry. Pages are tried again a few times if the server is briefly
// unavailable.
func (c *Client) List(ctx context.Context, req *loggerv1.ListEntriesRequest) iter.Seq2[*loggerv1.LogEntry, error] {
	return func(yield func(*loggerv1.LogEntry, error) bool) {
		page := &loggerv1.ListEntriesRequest{}
		proto.Merge(page, req)
		for {
			resp, err := c.logger.ListEntries(ctx, page)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, e := range resp.GetEntries() {
				if !yield(e, nil) {
					return
				}
			}
			for _, gap := range resp.GetGaps() {
				if !yield(gapNotice(gap), nil) {
					return
				}
			}
			if resp.GetNextPageToken() == "" {
				return
			}
			page.PageToken = resp.GetNextPageToken()
		}
	}
}

// gapNotice returns a gap as a stream tells it.
func gapNotice(gap *loggerv1.Gap) *loggerv1.LogEntry {
	const warn = 13 // the lowest severity number of WARN
	return &loggerv1.LogEntry{
		Severity: loggerv1.Severity_WARN, SeverityNumber: warn, Service: "logsieve",
		Message: fmt.Sprintf("%d entries are missing here: %s", gap.GetEntries(), gap.GetReason()),
		Notice:  &loggerv1.Notice{Kind: &loggerv1.Notice_Gap{Gap: gap}},
	}
}
