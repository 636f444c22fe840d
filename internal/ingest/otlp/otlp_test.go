package otlp_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest"
)

// log records what it is given, or fails as it is told to.
type log struct {
	mu      sync.Mutex
	err     error
	entries []*entry.Entry
}

func (l *log) Append(_ context.Context, entries []*entry.Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return l.err
	}
	l.entries = append(l.entries, entries...)
	return nil
}

func (l *log) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
}

func (l *log) take() []*entry.Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken := l.entries
	l.entries = nil
	return taken
}

var seen = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func newSink(l *log) *ingest.Sink {
	return ingest.NewSink(l, ingest.Limits{}, func() time.Time { return seen })
}

var discard = slog.New(slog.DiscardHandler)

// sample is a request with one record that has something of everything.
func sample() plogotlp.ExportRequest {
	logs := plog.NewLogs()
	resource := logs.ResourceLogs().AppendEmpty()
	attributes := resource.Resource().Attributes()
	attributes.PutStr("service.name", "checkout")
	attributes.PutStr("host.name", "web-1")
	attributes.PutStr("deployment.environment", "prod")
	attributes.PutStr("shared", "of the resource")
	scope := resource.ScopeLogs().AppendEmpty()
	scope.Scope().SetName("app.http")
	scope.Scope().SetVersion("1.2.3")
	scope.Scope().Attributes().PutBool("verbose", true)
	r := scope.LogRecords().AppendEmpty()
	r.SetTimestamp(pcommon.Timestamp(1_700_000_000_123_456_789))
	r.SetObservedTimestamp(pcommon.Timestamp(1_700_000_001_000_000_000))
	r.SetSeverityNumber(plog.SeverityNumberError2)
	r.SetSeverityText("Error")
	r.Body().SetStr("payment failed")
	r.SetEventName("payment.failed")
	r.SetTraceID(pcommon.TraceID{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
	r.SetSpanID(pcommon.SpanID{1, 2, 3, 4, 5, 6, 7, 8})
	r.SetDroppedAttributesCount(3)
	a := r.Attributes()
	a.PutStr("shared", "of the record")
	a.PutInt("http.status", 502)
	a.PutDouble("ratio", 0.25)
	a.PutBool("retried", false)
	a.PutEmptyBytes("raw").FromRaw([]byte{0xff, 0x00})
	a.PutEmpty("nothing")
	order := a.PutEmptyMap("order")
	order.PutInt("id", 42)
	order.PutEmptyMap("customer").PutStr("name", "Ada")
	list := a.PutEmptySlice("items")
	list.AppendEmpty().SetStr(`a "quoted" one`)
	list.AppendEmpty().SetInt(7)
	list.AppendEmpty().SetEmptyMap().PutStr("k", "v")
	list.AppendEmpty()
	return plogotlp.NewExportRequestFromLogs(logs)
}

// sampleEntry is what becomes of the record of sample.
func sampleEntry() *entry.Entry {
	return &entry.Entry{
		Timestamp: 1_700_000_000_123_456_789,
		Observed:  1_700_000_001_000_000_000,
		Severity:  entry.Error + 1,
		Service:   "checkout",
		Host:      "web-1",
		Message:   "payment failed",
		TraceID:   "0102030405060708090a0b0c0d0e0f10",
		SpanID:    "0102030405060708",
		Attributes: []entry.Attribute{
			{Key: "deployment.environment", Value: "prod"},
			{Key: "event.name", Value: "payment.failed"},
			{Key: "http.status", Value: "502"},
			{Key: "items", Value: `["a \"quoted\" one",7,{"k":"v"},null]`},
			{Key: "order.customer.name", Value: "Ada"},
			{Key: "order.id", Value: "42"},
			{Key: "otel.dropped_attributes_count", Value: "3"},
			{Key: "otel.scope.name", Value: "app.http"},
			{Key: "otel.scope.verbose", Value: "true"},
			{Key: "otel.scope.version", Value: "1.2.3"},
			{Key: "ratio", Value: "0.25"},
			{Key: "raw", Value: "/wA="},
			{Key: "retried", Value: "false"},
			{Key: "shared", Value: "of the record"},
		},
	}
}

// records returns a request of n small records, as a shop would send them.
func records(n int) plogotlp.ExportRequest {
	logs := plog.NewLogs()
	resource := logs.ResourceLogs().AppendEmpty()
	resource.Resource().Attributes().PutStr("service.name", "checkout")
	resource.Resource().Attributes().PutStr("host.name", "web-1")
	scope := resource.ScopeLogs().AppendEmpty()
	scope.Scope().SetName("app.http")
	for i := range n {
		r := scope.LogRecords().AppendEmpty()
		r.SetTimestamp(pcommon.Timestamp(1_700_000_000_000_000_000 + i))
		r.SetSeverityNumber(plog.SeverityNumberInfo)
		r.Body().SetStr("GET /api/cart/items completed in 12 ms for customer 4711, upstream cart-service answered 200")
		r.SetTraceID(pcommon.TraceID{1, 2, 3, byte(i)})
		r.SetSpanID(pcommon.SpanID{1, byte(i)})
		r.Attributes().PutInt("http.status_code", 200)
		r.Attributes().PutStr("http.method", "GET")
		r.Attributes().PutStr("http.route", "/api/cart/{id}")
	}
	return plogotlp.NewExportRequestFromLogs(logs)
}

func encode(tb testing.TB, r plogotlp.ExportRequest) []byte {
	tb.Helper()
	data, err := r.MarshalProto()
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func gzipped(tb testing.TB, data []byte) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return slices.Clip(b.Bytes())
}
