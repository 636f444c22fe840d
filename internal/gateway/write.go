package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/body"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/inflate"
)

// serveWrite stores the entries of a body: {"entries":[…]}, […], or one a line. It does
// not go through the generated handler, for which one bad entry spoils all.
func (g *Gateway) serveWrite(w http.ResponseWriter, r *http.Request) {
	resp, err := g.write(r)
	if err != nil {
		writeError(w, err)
		return
	}
	b, err := marshalWhole(resp)
	if err != nil {
		writeError(w, err)
		return
	}
	w.Header().Set("Content-Type", marshaler{}.ContentType(resp))
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(append(b, '\n')) // the entries are stored, heard of or not
}

func (g *Gateway) write(r *http.Request) (*loggerv1.WriteEntriesResponse, error) {
	if err := onlyParameters(r); err != nil {
		return nil, err
	}
	batch, err := body.Decode(r.Body, r.Header.Get("Content-Type"), r.Header.Get("Content-Encoding"),
		inflate.Limits{Wire: int64(g.cfg.BodySize), Decoded: int64(g.cfg.DecodedSize), Hit: g.cfg.Hit})
	if err != nil {
		return nil, bodyError(err)
	}
	ctx, err := runtime.AnnotateContext(r.Context(), g.mux, r, loggerv1.Logger_WriteEntries_FullMethodName,
		runtime.WithHTTPPathPattern(pathEntries))
	if err != nil {
		return nil, err
	}
	resp, err := g.writeBatch(ctx, batch)
	if err != nil {
		return nil, err
	}
	if resp.GetAccepted() == 0 {
		return nil, noneStored(resp.GetRejected())
	}
	return resp, nil
}

func onlyParameters(r *http.Request) error {
	if r.URL.RawQuery == "" {
		return nil
	}
	return invalid(badParameter, "POST "+pathEntries+" takes no query parameters", "put the entries into the body")
}

// bodyErrors says how what is wrong with a body is told.
var bodyErrors = []struct {
	is     error
	status int
	reason string
}{
	{inflate.ErrTooLarge, http.StatusRequestEntityTooLarge, "BODY_TOO_LARGE"},
	{body.ErrTooMany, http.StatusRequestEntityTooLarge, "TOO_MANY_ENTRIES"},
	{inflate.ErrEncoding, http.StatusUnsupportedMediaType, "CONTENT_ENCODING"},
	{body.ErrMediaType, http.StatusUnsupportedMediaType, "CONTENT_TYPE"},
	{os.ErrDeadlineExceeded, http.StatusRequestTimeout, "BODY_TOO_SLOW"},
}

func bodyError(err error) error {
	e := invalid("INVALID_BODY", err.Error(), "")
	for _, b := range bodyErrors {
		if errors.Is(err, b.is) {
			e.status, e.reason = b.status, b.reason
		}
	}
	return e
}

// writeBatch stores the good entries of a batch, in as many calls as the service's limit
// of a message asks for. When a later call fails, what the ones before have stored stays
// stored: the others are named.
func (g *Gateway) writeBatch(ctx context.Context, batch body.Batch) (*loggerv1.WriteEntriesResponse, error) {
	all := &loggerv1.WriteEntriesResponse{Rejected: batch.Rejected}
	for at := 0; at < len(batch.Entries); {
		n := fitting(batch.Entries[at:], g.messageBytes())
		if n == 0 {
			reject(all, batch.Indexes[at], fmt.Sprintf("the entry is longer than %d bytes: shorten it", g.messageBytes()))
			at++
			continue
		}
		indexes := batch.Indexes[at : at+n]
		resp, err := g.client.WriteEntries(ctx, &loggerv1.WriteEntriesRequest{Entries: batch.Entries[at : at+n]})
		if err != nil && all.GetAccepted() == 0 {
			return nil, err
		}
		if err != nil {
			for _, index := range batch.Indexes[at:] {
				reject(all, index, "not stored: "+statusOf(ctx, err).Message())
			}
			break
		}
		for _, r := range resp.GetRejected() {
			reject(all, indexes[r.GetIndex()], r.GetMessage())
		}
		all.Accepted += resp.GetAccepted()
		all.Cursor = resp.GetCursor()
		at += n
	}
	slices.SortFunc(all.Rejected, func(a, b *loggerv1.RejectedEntry) int { return cmp.Compare(a.GetIndex(), b.GetIndex()) })
	return all, nil
}

// messageBytes bounds the entries of one call of the service.
func (g *Gateway) messageBytes() int {
	const overhead = 4 << 10
	return g.cfg.CallSize - overhead
}

// fitting returns how many of the entries fit into a message.
func fitting(entries []*loggerv1.LogEntry, limit int) int {
	const perEntry = 6 // tag and length
	total := 0
	for i, e := range entries {
		if total += proto.Size(e) + perEntry; total > limit {
			return i
		}
	}
	return len(entries)
}

func reject(resp *loggerv1.WriteEntriesResponse, index uint32, message string) {
	resp.Rejected = append(resp.Rejected, &loggerv1.RejectedEntry{Index: index, Message: message})
}

// noneStored names the first few of a body that has no good entry.
func noneStored(rejected []*loggerv1.RejectedEntry) error {
	const named = 3
	var text strings.Builder
	fmt.Fprintf(&text, "none of the %d entries can be stored", len(rejected))
	for _, r := range rejected[:min(len(rejected), named)] {
		fmt.Fprintf(&text, "; entry %d: %s", r.GetIndex(), r.GetMessage())
	}
	return &httpError{code: codes.InvalidArgument, reason: "INVALID_ENTRIES", message: text.String()}
}
