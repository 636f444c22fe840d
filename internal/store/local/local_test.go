package local

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sample returns an entry of about 250 bytes.
func sample(i int) *entry.Entry {
	services := [...]string{"api-gateway", "auth", "billing", "cart", "catalog", "checkout", "email", "search", "stock", "users"}
	return &entry.Entry{
		Timestamp: time.Date(2026, 11, 21, 12, 0, 0, i*1000, time.UTC).UnixNano(),
		Severity:  entry.Severity(i%5*4 + 5),
		Service:   services[i%len(services)],
		Host:      fmt.Sprintf("host-%02d.eu-west.example", i%37),
		Message:   fmt.Sprintf("request %d finished after %d ms for user %x", i, i*7919%1500, uint32(i)*2654435761),
		Attributes: []entry.Attribute{
			{Key: "http.request.method", Value: "GET"},
			{Key: "http.response.status_code", Value: fmt.Sprint(200 + i%4*100)},
			{Key: "url.path", Value: fmt.Sprintf("/v1/items/%d", i*31%10007)},
		},
		TraceID: fmt.Sprintf("%016x%016x", uint64(i)*0x9E3779B97F4A7C15, uint64(i)*0xC2B2AE3D27D4EB4F),
		SpanID:  fmt.Sprintf("%016x", uint64(i)*0x165667B19E3779F9),
	}
}

func samples(from, n int) []*entry.Entry {
	entries := make([]*entry.Entry, n)
	for i := range entries {
		entries[i] = sample(from + i)
	}
	return entries
}

func mustOpen(tb testing.TB, cfg Config) *Log {
	tb.Helper()
	l, err := Open(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := l.Close(); err != nil {
			tb.Error(err)
		}
	})
	return l
}

func TestAppendAndRead(t *testing.T) {
	l := mustOpen(t, Config{Dir: t.TempDir()})
	for i := range 10 {
		if err := l.Append(t.Context(), samples(i*100, 100)); err != nil {
			t.Fatal(err)
		}
	}
	b, err := l.Read(t.Context(), 0, 1<<30)
	if err != nil || len(b.Entries) != 1000 || b.Through != 1000 {
		t.Fatalf("%d entries through %d: %v", len(b.Entries), b.Through, err)
	}
	b, err = l.ReadBackward(t.Context(), 0, 1)
	if err != nil || len(b.Entries) != 100 || b.After != 900 {
		t.Fatalf("%d entries after %d: %v", len(b.Entries), b.After, err)
	}
}
