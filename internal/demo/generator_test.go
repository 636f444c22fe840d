package demo

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var start = time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)

// sample returns the first n entries of a seed, a millisecond apart.
func sample(seed uint64, n int) []*loggerv1.LogEntry {
	g := New(seed)
	entries := make([]*loggerv1.LogEntry, n)
	for i := range entries {
		entries[i] = g.Next(start.Add(time.Duration(i) * time.Millisecond))
	}
	return entries
}

func TestDeterministic(t *testing.T) {
	const n = 5_000
	first := sample(7, n)
	for i, e := range sample(7, n) {
		if !proto.Equal(e, first[i]) {
			t.Fatalf("entry %d is different the second time:\n%s", i, cmp.Diff(first[i], e, protocmp.Transform()))
		}
	}
	same := 0
	for i, e := range sample(8, n) {
		if e.GetMessage() == first[i].GetMessage() {
			same++
		}
	}
	if same > n/10 {
		t.Errorf("%d of %d messages are the same with another seed", same, n)
	}
}

func TestSeverities(t *testing.T) {
	const n = 60_000
	for _, seed := range []uint64{1, 2} {
		count := map[loggerv1.Severity]int{}
		for _, e := range sample(seed, n) {
			count[e.GetSeverity()]++
		}
		for severity, want := range map[loggerv1.Severity]struct{ percent, within float64 }{
			loggerv1.Severity_DEBUG: {15, 1},
			loggerv1.Severity_INFO:  {70, 1.5},
			loggerv1.Severity_WARN:  {10, 1},
			loggerv1.Severity_ERROR: {4.5, 1},
			loggerv1.Severity_FATAL: {0.5, 0.1},
		} {
			got := 100 * float64(count[severity]) / n
			if got < want.percent-want.within || got > want.percent+want.within {
				t.Errorf("seed %d: %.2f %% %s, want %.1f ± %.1f", seed, got, severity, want.percent, want.within)
			}
		}
	}
}

func TestEntriesAreSound(t *testing.T) {
	services, hosts, messages := map[string]int{}, map[string]bool{}, map[string]bool{}
	for i, p := range sample(1, 20_000) {
		e, err := entry.FromProto(p)
		if err != nil {
			t.Fatal(err)
		}
		if e.Service == "" || e.Host == "" || e.Message == "" || len(e.Attributes) < 1 {
			t.Fatalf("something is missing: %v", p)
		}
		if strings.ContainsAny(e.Message, "{}\n%!") && !strings.Contains(e.Message, "% ") && !strings.Contains(e.Message, "50% off") {
			t.Errorf("a placeholder was not filled: %q", e.Message)
		}
		if want := start.Add(time.Duration(i) * time.Millisecond); !p.GetTimestamp().AsTime().Equal(want) {
			t.Fatalf("timestamp %s, want %s", p.GetTimestamp().AsTime(), want)
		}
		if p.GetCursor() != "" || p.GetObservedTimestamp() != nil || p.GetNotice() != nil {
			t.Fatalf("the server's fields are set: %v", p)
		}
		services[e.Service]++
		hosts[e.Host] = true
		messages[e.Message] = true
	}
	if len(services) != 10 {
		t.Errorf("%d services, want 10: %v", len(services), services)
	}
	for name, n := range services {
		if n < 200 {
			t.Errorf("%s has only %d of 20,000 entries", name, n)
		}
	}
	if len(hosts) < 20 || len(messages) < 5_000 {
		t.Errorf("%d hosts and %d different messages are too few", len(hosts), len(messages))
	}
}

func TestTracesSpanServices(t *testing.T) {
	type trace struct{ services, spans map[string]bool }
	traces := map[string]trace{}
	for _, e := range sample(1, 20_000) {
		if e.GetTraceId() == "" {
			if e.GetSpanId() != "" {
				t.Fatalf("a span without a trace: %v", e)
			}
			continue
		}
		tr, ok := traces[e.GetTraceId()]
		if !ok {
			tr = trace{map[string]bool{}, map[string]bool{}}
			traces[e.GetTraceId()] = tr
		}
		tr.services[e.GetService()] = true
		tr.spans[e.GetSpanId()] = true
		if len(tr.services) != len(tr.spans) {
			t.Fatalf("trace %s: %d services in %d spans", e.GetTraceId(), len(tr.services), len(tr.spans))
		}
	}
	several, most := 0, 0
	for _, tr := range traces {
		if len(tr.services) > 1 {
			several++
		}
		most = max(most, len(tr.services))
	}
	if several < len(traces)*9/10 || most < 8 {
		t.Errorf("%d of %d traces span several services, the longest %d", several, len(traces), most)
	}
}

func BenchmarkNext(b *testing.B) {
	g := New(1)
	b.ReportAllocs()
	for b.Loop() {
		g.Next(start)
	}
}
