package monitor

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/wire"
)

// WriteEntries stores entries and returns once they are stored. Bad ones are named, the
// others kept. A server on which the service was registered with [Service.Register] does not
// call it: see there.
func (s *Service) WriteEntries(ctx context.Context, req *loggerv1.WriteEntriesRequest) (*loggerv1.WriteEntriesResponse, error) {
	data, err := proto.Marshal(req)
	if err != nil {
		return nil, fault.Invalid("entries", "the entries cannot be encoded", "send text in UTF-8")
	}
	return s.write(ctx, data)
}

// write stores the entries of an encoded request.
func (s *Service) write(ctx context.Context, data []byte) (*loggerv1.WriteEntriesResponse, error) {
	cursors, err := s.writerCursors(ctx)
	if err != nil {
		return nil, err
	}
	sent, err := wire.Decode(data)
	if err != nil {
		return nil, fault.Invalid("entries", err.Error(), "")
	}
	good := sent.Entries
	if len(good)+len(sent.Rejected) == 0 {
		return nil, fault.Invalid("entries", "there are no entries", `send at least one, for example {"entries":[{"message":"hello"}]}`)
	}
	if len(good) == 0 {
		return nil, allBad(sent.Rejected)
	}
	if err := s.sink.Append(ctx, good); err != nil {
		return nil, err
	}
	response := &loggerv1.WriteEntriesResponse{
		Accepted: uint32(len(good)), //nolint:gosec // G115: a request holds a few million entries at most.
		Cursor:   cursors.Cursor(good[len(good)-1].Position),
	}
	for _, r := range sent.Rejected {
		response.Rejected = append(response.Rejected, &loggerv1.RejectedEntry{
			Index: uint32(r.Index), Message: r.Reason.Error(), //nolint:gosec // G115: as above.
		})
	}
	return response, nil
}

// allBad names the first few of a request that has no good entry.
func allBad(bad []wire.Rejection) error {
	const named = 3
	var text strings.Builder
	fmt.Fprintf(&text, "none of the %d entries can be stored", len(bad))
	for _, r := range bad[:min(len(bad), named)] {
		fmt.Fprintf(&text, "; entry %d: %s", r.Index, r.Reason)
	}
	return fault.Invalid("entries", text.String(), "")
}
