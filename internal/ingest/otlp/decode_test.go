package otlp

import (
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

func batch(tb testing.TB, n int) []byte {
	tb.Helper()
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
		r.Body().SetStr("GET /api/cart/items completed in 12 ms for customer 4711, upstream cart answered 200")
		r.SetTraceID(pcommon.TraceID{1, 2, 3, byte(i)})
		r.SetSpanID(pcommon.SpanID{1, byte(i)})
		r.Attributes().PutInt("http.status_code", 200)
		r.Attributes().PutStr("http.method", "GET")
		r.Attributes().PutStr("http.route", "/api/cart/{id}")
	}
	data, err := plogotlp.NewExportRequestFromLogs(logs).MarshalProto()
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// BenchmarkDecode measures what a record costs from the wire to an entry.
func BenchmarkDecode(b *testing.B) {
	const n = 1000
	data := batch(b, n)
	b.SetBytes(int64(len(data) / n))
	b.ReportAllocs()
	for i := 0; i < b.N; i += n {
		r, err := decode(data)
		if err != nil || len(r.entries) != n {
			b.Fatal(err)
		}
	}
}

// BenchmarkPdata measures what pdata takes for its own structures alone, of which the
// entries would still have to be made.
func BenchmarkPdata(b *testing.B) {
	const n = 1000
	data := batch(b, n)
	b.SetBytes(int64(len(data) / n))
	b.ReportAllocs()
	for i := 0; i < b.N; i += n {
		if err := plogotlp.NewExportRequest().UnmarshalProto(data); err != nil {
			b.Fatal(err)
		}
	}
}

// FuzzDecode holds that no request ends the process, or is taken with more than it says.
func FuzzDecode(f *testing.F) {
	f.Add(batch(f, 2))
	f.Add([]byte{0x0a, 0x02, 0x12, 0x00})
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := decode(data)
		if err != nil {
			return
		}
		for _, e := range r.entries {
			if e.TraceID != "" && len(e.TraceID) != 32 || e.Severity > entry.MaxSeverity || e.Timestamp < 0 {
				t.Errorf("entry %+v", e)
			}
			for i := 1; i < len(e.Attributes); i++ {
				if e.Attributes[i-1].Key >= e.Attributes[i].Key {
					t.Errorf("attributes %v are not sorted", e.Attributes)
				}
			}
		}
	})
}
