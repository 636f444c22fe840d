package filter

import (
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// typicalEntry has about 250 bytes.
func typicalEntry() *entry.Entry {
	return &entry.Entry{
		Timestamp: time.Date(2026, 11, 21, 13, 45, 0, 0, time.UTC).UnixNano(), Severity: entry.Info,
		Service: "checkout", Host: "node-17.eu-west-1",
		Message: `POST /api/v1/orders/81723 finished in 37.2 ms for user 4711, upstream payments answered 200 OK`,
		TraceID: "0af7651916cd43dd8448eb211c80319c",
		Attributes: attributes("duration_ms", "37.2", "http.request.method", "POST", "http.route", "/api/v1/orders/{id}", "http.status", "200",
			"k8s.namespace", "shop", "k8s.pod", "checkout-7d9f-x2x", "region", "eu-west-1", "user_id", "4711"),
	}
}

// typicalFilters are one of each kind and some that people write. None selects the
// typical entry by an early part, so that all of it is run.
var typicalFilters = []struct{ name, query string }{
	{"severity", "severity>=ERROR"},
	{"service", "service=payments"},
	{"service prefix", "service=pay*"},
	{"attribute", "attributes.user_id=42"},
	{"attribute number", "attributes.duration_ms>1000"},
	{"timestamp", "timestamp<2026-11-21T13:00:00Z"},
	{"word absent", "timeout"},
	{"word present", "answered"},
	{"phrase", `"connection refused"`},
	{"word of k and s", "kiss"},
	{"word in Japanese", "エラー"},
	{"attribute word", "attributes.k8s.pod:cart"},
	{"service and severity", "service=checkout severity>=WARN"},
	{"five conditions", "severity>=INFO service=checkout -healthz attributes.region=eu-west-1 refused"},
	{"either of four words", "refused OR timeout OR panic OR deadline"},
	{"regex with a literal", `message=~"(?i)deadline after \\d+"`},
	{"regex without", `message=~"\\d+ [a-z]{20}"`},
}

func BenchmarkMatch(b *testing.B) {
	e := typicalEntry()
	for _, f := range typicalFilters {
		b.Run(f.name, func(b *testing.B) {
			m := mustParse(b, f.query)
			b.ReportAllocs()
			for b.Loop() {
				m.Match(e)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for _, f := range typicalFilters {
		b.Run(f.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				mustParse(b, f.query)
			}
		})
	}
}

func TestMatchAllocatesNothing(t *testing.T) {
	e := typicalEntry()
	for _, f := range typicalFilters {
		m := mustParse(t, f.query)
		if n := testing.AllocsPerRun(100, func() { m.Match(e) }); n != 0 {
			t.Errorf("%s: %v allocations a match, want 0", f.query, n)
		}
	}
}
