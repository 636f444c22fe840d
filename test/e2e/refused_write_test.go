package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/emptypb"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// request is an HTTP request that must be refused.
type request struct {
	name, method, path string
	contentType, body  string
	encoding           string
	status             int
	says               []string
}

// TestRefusedRequests sends HTTP requests that are wrong, while others watch.
func TestRefusedRequests(t *testing.T) {
	t.Parallel()
	n := newNeighbours(t)
	huge := `{"entries":[{"message":"` + strings.Repeat("x", 10<<20) + `"}]}`
	for _, r := range []request{
		{name: "no such path", method: "GET", path: "/nope", status: 404, says: []string{"/nope", "/logs"}},
		{name: "no such method", method: "DELETE", path: "/logs", status: 405, says: []string{"DELETE", "GET", "POST"}},
		{name: "no body", method: "POST", path: "/logs", contentType: "application/json", status: 400, says: []string{"entries"}},
		{name: "no entries", method: "POST", path: "/logs", contentType: "application/json", body: `{"entries":[]}`, status: 400, says: []string{"entries"}},
		{name: "not JSON", method: "POST", path: "/logs", contentType: "application/json", body: `hello`, status: 400, says: []string{"JSON"}},
		{name: "unknown type", method: "POST", path: "/logs", contentType: "image/png", body: `hello`, status: 415, says: []string{"image/png", "application/json"}},
		{name: "unknown encoding", method: "POST", path: "/logs", contentType: "application/json", encoding: "br", body: `hello`, status: 415, says: []string{"br", "gzip"}},
		{name: "not gzip", method: "POST", path: "/logs", contentType: "application/json", encoding: "gzip", body: `hello`, status: 400, says: []string{"gzip"}},
		{name: "all bad", method: "POST", path: "/logs", contentType: "application/json", body: `[{"trace_id":"zz"},{"severity_number":99}]`, status: 400, says: []string{"trace_id", "severity_number"}},
		{name: "10 MB", method: "POST", path: "/logs", contentType: "application/json", body: huge, status: 413, says: []string{"4"}},
		{name: "parameters", method: "POST", path: "/logs?x=1", contentType: "application/json", body: `[]`, status: 400, says: []string{"parameters"}},
		{name: "page size", method: "GET", path: "/logs?page_size=99999", status: 400, says: []string{"page_size", "10,000"}},
		{name: "page token", method: "GET", path: "/logs?page_token=xyz", status: 400, says: []string{"page_token"}},
		{name: "unknown parameter", method: "GET", path: "/logs/fields?valus=3", status: 400, says: []string{"valus", "values"}},
	} {
		r.send(t, "http://"+n.server.HTTP)
	}
	n.check(t)
}

func (r request) send(t *testing.T, base string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), r.method, base+r.path, strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	if r.contentType != "" {
		request.Header.Set("Content-Type", r.contentType)
	}
	if r.encoding != "" {
		request.Header.Set("Content-Encoding", r.encoding)
	}
	code, p := exchange(t, request)
	if code != r.status {
		t.Errorf("%s: status %d (%s), want %d", r.name, code, p.Message, r.status)
	}
	for _, text := range r.says {
		if !strings.Contains(p.Message, text) {
			t.Errorf("%s: %q does not say %q", r.name, p.Message, text)
		}
	}
}

// TestRefusedCalls makes gRPC calls that are wrong, while others watch.
func TestRefusedCalls(t *testing.T) {
	t.Parallel()
	n := newNeighbours(t)
	ctx := t.Context()
	huge := &loggerv1.WriteEntriesRequest{Entries: []*loggerv1.LogEntry{{Message: strings.Repeat("x", 10<<20)}}}
	for _, c := range []struct {
		name string
		call func() error
		code codes.Code
		says string
	}{
		{"no such method", func() error {
			return n.client.Conn().Invoke(ctx, "/logger.v1.Logger/Nope", &emptypb.Empty{}, &emptypb.Empty{})
		}, codes.Unimplemented, "Nope"},
		{"no such service", func() error {
			return n.client.Conn().Invoke(ctx, "/logger.v9.Logger/WriteEntries", &emptypb.Empty{}, &emptypb.Empty{})
		}, codes.Unimplemented, "logger.v9"},
		{"no entries", func() error {
			_, err := n.logger.WriteEntries(ctx, &loggerv1.WriteEntriesRequest{})
			return err
		}, codes.InvalidArgument, "send at least one"},
		{"all bad", func() error {
			_, err := n.logger.WriteEntries(ctx, &loggerv1.WriteEntriesRequest{Entries: []*loggerv1.LogEntry{{TraceId: "zz"}}})
			return err
		}, codes.InvalidArgument, "trace_id"},
		{"10 MB", func() error {
			_, err := n.logger.WriteEntries(ctx, huge)
			return err
		}, codes.ResourceExhausted, "4194304"},
		{"10 MB, compressed", func() error {
			_, err := n.logger.WriteEntries(ctx, huge, grpc.UseCompressor(gzip.Name))
			return err
		}, codes.ResourceExhausted, "4194304"},
	} {
		err := c.call()
		if st := status.Convert(err); st.Code() != c.code || !strings.Contains(st.Message(), c.says) {
			t.Errorf("%s: got %v, want %v and %q", c.name, err, c.code, c.says)
		}
	}
	n.check(t)
}

// half is a batch of which every other entry is bad.
var half = []*loggerv1.LogEntry{
	{Message: "half 0"},
	{Message: "half 1", TraceId: "no hexadecimal"},
	{Message: "half 2", Severity: loggerv1.Severity_WARN},
	{Message: "half 3", SeverityNumber: 42},
	{Message: "half 4", Attributes: map[string]string{"a": "b"}},
	{Message: "half 5", SpanId: "1234"},
}

// TestHalfBadBatch writes batches half of whose entries are bad: the good ones are kept,
// the bad ones named.
func TestHalfBadBatch(t *testing.T) {
	t.Parallel()
	n := newNeighbours(t)
	for how, write := range map[string]func(t *testing.T, n *neighbours) *loggerv1.WriteEntriesResponse{
		"WriteEntries": func(t *testing.T, n *neighbours) *loggerv1.WriteEntriesResponse {
			t.Helper()
			response, err := n.client.Write(t.Context(), half...)
			if err != nil {
				t.Fatal(err)
			}
			return response
		},
		"JSON array": func(t *testing.T, n *neighbours) *loggerv1.WriteEntriesResponse {
			t.Helper()
			return n.post(t, "application/json", "["+strings.Join(halfAsJSON(t), ",")+"]")
		},
		"NDJSON": func(t *testing.T, n *neighbours) *loggerv1.WriteEntriesResponse {
			t.Helper()
			return n.post(t, "application/x-ndjson", strings.Join(halfAsJSON(t), "\n"))
		},
	} {
		response := write(t, n)
		named := ""
		for _, r := range response.GetRejected() {
			named += fmt.Sprintf("%d: %s; ", r.GetIndex(), r.GetMessage())
		}
		if response.GetAccepted() != 3 || response.GetCursor() == "" || len(response.GetRejected()) != 3 {
			t.Errorf("%s: got %v, want 3 accepted with a cursor and 3 rejected", how, response)
		}
		for _, text := range []string{"1: trace_id", "3: severity_number 42", "5: span_id"} {
			if !strings.Contains(named, text) {
				t.Errorf("%s: %q does not name %q", how, named, text)
			}
		}
	}
	kept := map[string]int{}
	for e, err := range n.client.List(t.Context(), &loggerv1.ListEntriesRequest{Regex: `^half \d$`}) {
		if err != nil {
			t.Fatal(err)
		}
		kept[e.GetMessage()]++
	}
	if len(kept) != 3 || kept["half 0"] != 3 || kept["half 2"] != 3 || kept["half 4"] != 3 {
		t.Errorf("kept were %v", kept)
	}
	n.check(t)
}

func halfAsJSON(t *testing.T) (lines []string) {
	t.Helper()
	for _, e := range half {
		line, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line))
	}
	return lines
}

// post writes a body to POST /logs, which must be taken.
func (n *neighbours) post(t *testing.T, contentType, body string) *loggerv1.WriteEntriesResponse {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+n.server.HTTP+"/logs", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", contentType)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	var text bytes.Buffer
	if _, err := text.ReadFrom(response.Body); err != nil {
		t.Fatal(err)
	}
	answer := &loggerv1.WriteEntriesResponse{}
	if err := protojson.Unmarshal(text.Bytes(), answer); err != nil {
		t.Fatalf("%s: %v: %s", response.Status, err, text.String())
	}
	return answer
}

// TestLongEntryIsCut writes an entry that is longer than is kept and shorter than is
// refused.
func TestLongEntryIsCut(t *testing.T) {
	t.Parallel()
	n := newNeighbours(t)
	const length = 1 << 20
	response, err := n.client.Write(t.Context(), &loggerv1.LogEntry{Message: "long" + strings.Repeat("x", length-4)})
	if err != nil || response.GetAccepted() != 1 {
		t.Fatalf("got %v, %v", response, err)
	}
	for e, err := range n.client.List(t.Context(), &loggerv1.ListEntriesRequest{Query: "attributes.log.truncated:*"}) {
		if err != nil {
			t.Fatal(err)
		}
		if got := e.GetAttributes()["log.original_length"]; got != fmt.Sprint(length) || len(e.GetMessage()) > 256<<10 {
			t.Errorf("kept are %d bytes, with the original length %q; want at most %d, and %d", len(e.GetMessage()), got, 256<<10, length)
		}
		n.check(t)
		return
	}
	t.Error("nothing was kept, or it does not say that it was cut")
}

// dialBare returns a connection without the client's own limits.
func dialBare(t *testing.T, address string) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	})
	return conn
}
