package otlp_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/inflate"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/otlp"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// listen starts a real server and returns its address.
func listen(t *testing.T, sink otlp.Sink) string {
	t.Helper()
	server := httptest.NewServer(otlp.NewReceiver(sink, inflate.Limits{}, discard))
	t.Cleanup(server.Close)
	return server.URL
}

type answer struct {
	code   int
	header http.Header
	body   []byte
}

func send(t *testing.T, method, url string, body io.Reader, header ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, data}
}

const (
	protobufType = "application/x-protobuf"
	jsonType     = "application/json"
)

func TestHTTP(t *testing.T) {
	asProto := encode(t, sample())
	asJSON, err := sample().MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		body   []byte
		header []string
	}{
		"protobuf":         {asProto, []string{"Content-Type", protobufType}},
		"protobuf, gzip":   {gzipped(t, asProto), []string{"Content-Type", protobufType, "Content-Encoding", "gzip"}},
		"JSON":             {asJSON, []string{"Content-Type", jsonType}},
		"JSON, charset":    {asJSON, []string{"Content-Type", jsonType + "; charset=utf-8"}},
		"JSON, gzip":       {gzipped(t, asJSON), []string{"Content-Type", jsonType, "Content-Encoding", "gzip"}},
		"JSON, with space": {append(asJSON, " \n"...), []string{"Content-Type", jsonType}},
	} {
		t.Run(name, func(t *testing.T) {
			l := &log{}
			got := send(t, http.MethodPost, listen(t, newSink(l))+otlp.LogsPath, bytes.NewReader(c.body), c.header...)
			if got.code != http.StatusOK {
				t.Fatalf("status %d: %s", got.code, got.body)
			}
			response := plogotlp.NewExportResponse()
			media := got.header.Get("Content-Type")
			if media == jsonType {
				err = response.UnmarshalJSON(got.body)
			} else {
				err = response.UnmarshalProto(got.body)
			}
			if err != nil || !strings.HasPrefix(c.header[1], media) {
				t.Errorf("answer of %s: %v", media, err)
			}
			if diff := cmp.Diff([]*entry.Entry{sampleEntry()}, l.take(), ignoreEncodings); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHTTPRefusals(t *testing.T) {
	good := encode(t, sample())
	deepArray := []byte{}
	for range 2000 { // AnyValue{array{AnyValue{array{…}}}}, each level in its length
		inner := append([]byte{0x0a}, lengthPrefixed(deepArray)...)
		deepArray = append([]byte{0x2a}, lengthPrefixed(inner)...)
	}
	for name, c := range map[string]struct {
		method, path string
		body         []byte
		header       []string
		want         int
		code         codes.Code
		says         string
	}{
		"another path": {path: "/v1/traces", body: good, header: []string{"Content-Type", protobufType}, want: 404, code: codes.NotFound, says: "/v1/logs"},
		"a GET":        {method: http.MethodGet, header: []string{"Content-Type", jsonType}, want: 405, code: codes.Unimplemented, says: "POST"},
		"no type":      {body: good, want: 415, code: codes.InvalidArgument, says: "application/json"},
		"text":         {body: good, header: []string{"Content-Type", "text/plain"}, want: 415, code: codes.InvalidArgument, says: "text/plain"},
		"brotli":       {body: good, header: []string{"Content-Type", protobufType, "Content-Encoding", "br"}, want: 415, code: codes.InvalidArgument, says: "gzip"},
		"no gzip":      {body: good, header: []string{"Content-Type", protobufType, "Content-Encoding", "gzip"}, want: 400, code: codes.InvalidArgument, says: "gzip"},
		"cut":          {body: good[:len(good)-3], header: []string{"Content-Type", protobufType}, want: 400, code: codes.InvalidArgument, says: "ExportLogsServiceRequest"},
		"no JSON":      {body: []byte(`{"resourceLogs":[{]}`), header: []string{"Content-Type", jsonType}, want: 400, code: codes.InvalidArgument, says: "ExportLogsServiceRequest"},
		"empty JSON":   {header: []string{"Content-Type", jsonType}, want: 400, code: codes.InvalidArgument, says: "resourceLogs"},
		"deep JSON":    {body: []byte(`{"resourceLogs":` + strings.Repeat("[", 1<<20)), header: []string{"Content-Type", jsonType}, want: 400, code: codes.InvalidArgument, says: "64 deep"},
		"many objects": {body: []byte(`{"resourceLogs":[` + strings.Repeat("{},", 1<<20)), header: []string{"Content-Type", jsonType}, want: 413, code: codes.ResourceExhausted, says: "parts"},
		"many records": {body: request(bytes.Repeat([]byte{0x12, 0x00}, 1<<20)), header: []string{"Content-Type", protobufType}, want: 413, code: codes.ResourceExhausted, says: "parts"},
		"too large":    {body: make([]byte, 5<<20), header: []string{"Content-Type", protobufType}, want: 413, code: codes.ResourceExhausted, says: "too large"},
	} {
		t.Run(name, func(t *testing.T) {
			l := &log{}
			path, method := otlp.LogsPath, http.MethodPost
			if c.path != "" {
				path = c.path
			}
			if c.method != "" {
				method = c.method
			}
			got := send(t, method, listen(t, newSink(l))+path, bytes.NewReader(c.body), c.header...)
			s := refusal(t, got)
			if got.code != c.want || codes.Code(s.GetCode()) != c.code || !strings.Contains(s.GetMessage(), c.says) {
				t.Errorf("status %d, %v; want %d, %v, …%s…", got.code, s, c.want, c.code, c.says)
			}
			if n := len(l.take()); n != 0 {
				t.Errorf("%d entries stored", n)
			}
		})
	}
	t.Run("deep value", func(t *testing.T) {
		l := &log{}
		body := request(append([]byte{0x12}, lengthPrefixed(append([]byte{0x2a}, lengthPrefixed(deepArray)...))...))
		got := send(t, http.MethodPost, listen(t, newSink(l))+otlp.LogsPath, bytes.NewReader(body), "Content-Type", protobufType)
		response := plogotlp.NewExportResponse()
		if err := response.UnmarshalProto(got.body); err != nil || got.code != http.StatusOK {
			t.Fatalf("status %d: %v", got.code, err)
		}
		if p := response.PartialSuccess(); p.RejectedLogRecords() != 1 || !strings.Contains(p.ErrorMessage(), "64 deep") {
			t.Errorf("%d rejected: %s", p.RejectedLogRecords(), p.ErrorMessage())
		}
	})
}

// refusal reads the google.rpc.Status of an answer, in the encoding that it says.
func refusal(t *testing.T, a answer) *spb.Status {
	t.Helper()
	s := &spb.Status{}
	var err error
	switch media := a.header.Get("Content-Type"); media {
	case protobufType:
		err = proto.Unmarshal(a.body, s)
	case jsonType:
		err = protojson.Unmarshal(a.body, s)
	default:
		t.Errorf("content type %q", media)
	}
	if err != nil {
		t.Errorf("the body is no google.rpc.Status: %v", err)
	}
	return s
}

// request wraps the fields of a ScopeLogs into an ExportLogsServiceRequest.
func request(scopeLogs []byte) []byte {
	resourceLogs := append([]byte{0x12}, lengthPrefixed(scopeLogs)...)
	return append([]byte{0x0a}, lengthPrefixed(resourceLogs)...)
}

func lengthPrefixed(b []byte) []byte {
	n := len(b)
	var prefix []byte
	for ; n >= 0x80; n >>= 7 {
		prefix = append(prefix, byte(n)|0x80)
	}
	return append(append(prefix, byte(n)), b...)
}

func TestHTTPTurnedAway(t *testing.T) {
	l := &log{}
	url := listen(t, newSink(l)) + otlp.LogsPath
	l.fail(store.ErrFull)
	body := encode(t, sample())
	got := send(t, http.MethodPost, url, bytes.NewReader(body), "Content-Type", protobufType)
	s := refusal(t, got)
	if got.code != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" || codes.Code(s.GetCode()) != codes.Unavailable {
		t.Errorf("status %d, Retry-After %q, %v", got.code, got.header.Get("Retry-After"), s)
	}
	l.fail(nil)
	if got := send(t, http.MethodPost, url, bytes.NewReader(body), "Content-Type", protobufType); got.code != http.StatusOK {
		t.Errorf("not taken afterwards: status %d", got.code)
	}
}

// TestHTTPBomb sends a gigabyte in a megabyte.
func TestHTTPBomb(t *testing.T) {
	// A gzip file may have several members: making one, a thousand times over, is quick.
	bomb := bytes.NewReader(bytes.Repeat(gzipped(t, make([]byte, 1<<20)), 1<<10))
	l := &log{}
	url := listen(t, newSink(l)) + otlp.LogsPath
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got := send(t, http.MethodPost, url, bomb, "Content-Type", protobufType, "Content-Encoding", "gzip")
	runtime.ReadMemStats(&after)
	if got.code != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d: %s", got.code, got.body)
	}
	// Growing a buffer to 20 MiB takes about five times that, in all.
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 160<<20 {
		t.Errorf("%d MiB were allocated", grown>>20)
	}
}

// TestJSONIDs holds what tells OTLP's JSON from protobuf's: ids in hexadecimal, enums as
// numbers, 64-bit integers as text.
func TestJSONIDs(t *testing.T) {
	body := `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1700000000000000001",
		"severityNumber":13,"body":{"stringValue":"hot"},"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174"}]}]}]}`
	if !json.Valid([]byte(body)) {
		t.Fatal("the test is wrong")
	}
	l := &log{}
	got := send(t, http.MethodPost, listen(t, newSink(l))+otlp.LogsPath, strings.NewReader(body), "Content-Type", jsonType)
	if got.code != http.StatusOK {
		t.Fatalf("status %d: %s", got.code, got.body)
	}
	want := &entry.Entry{
		Timestamp: 1_700_000_000_000_000_001, Observed: seen.UnixNano(), Severity: entry.Warn, Message: "hot",
		TraceID: "5b8efff798038103d269b633813fc60c", SpanID: "eee19b7ec3c1b174",
	}
	if diff := cmp.Diff([]*entry.Entry{want}, l.take(), ignoreEncodings); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}
