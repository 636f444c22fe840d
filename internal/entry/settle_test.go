package entry

import (
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestFrozenTextsAreInTheEncoding freezes entries of all forms: their texts are the same as
// before, and none of them is outside the encoding.
func TestFrozenTextsAreInTheEncoding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.Just(""), rapid.StringN(0, 10, -1), rapid.Map(rapid.SampledFrom([]int{126, 127, 128, 129, 16383, 16384, 20000}),
			func(n int) string { return strings.Repeat("x", n) }))
		e := &Entry{
			Timestamp: rapid.OneOf(rapid.Just(int64(0)), rapid.Int64()).Draw(t, "timestamp"),
			Observed:  rapid.OneOf(rapid.Just(int64(0)), rapid.Int64()).Draw(t, "observed"),
			Severity:  Severity(rapid.Uint8Max(uint8(MaxSeverity)).Draw(t, "severity")),
			Service:   text.Draw(t, "service"), Host: text.Draw(t, "host"), Message: text.Draw(t, "message"),
			TraceID: text.Draw(t, "trace"), SpanID: text.Draw(t, "span"),
		}
		for range rapid.IntRange(0, 3).Draw(t, "attributes") {
			e.Attributes = append(e.Attributes, Attribute{text.Draw(t, "key"), text.Draw(t, "value")})
		}
		want := texts(e)
		for i := range want {
			want[i] = strings.Clone(want[i])
		}
		e.Freeze(1)
		if diff := cmp.Diff(want, texts(e)); diff != "" {
			t.Fatalf("the texts have changed (-want +got):\n%s", diff)
		}
		for _, s := range texts(e) {
			if s != "" && !within(s, e.Wire()) {
				t.Fatalf("%.20q is outside the encoding", s)
			}
		}
	})
}

func texts(e *Entry) []string {
	all := []string{e.Service, e.Host, e.Message, e.TraceID, e.SpanID}
	for _, a := range e.Attributes {
		all = append(all, a.Key, a.Value)
	}
	return all
}

func within(s string, b []byte) bool {
	at, begin := uintptr(unsafe.Pointer(unsafe.StringData(s))), uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	return at >= begin && at+uintptr(len(s)) <= begin+uintptr(len(b))
}

// TestSizeIsWhatAnEntryHolds weighs frozen entries whose texts were cut from requests.
func TestSizeIsWhatAnEntryHolds(t *testing.T) {
	const n = 4000
	weigh := func() int {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	kept := make([]*Entry, 0, n)
	before := weigh()
	size := 0
	for i := range n {
		request := strings.Repeat("r", 2000)
		e := &Entry{
			Timestamp: 1, Observed: 1, Severity: Info, Service: request[:8], Host: request[8:20], Message: request[20:220],
			Attributes: []Attribute{{request[300:310], request[310:330]}, {request[400:410], request[410:430]}},
		}
		e.Freeze(Position(i))
		kept = append(kept, e)
		size += e.Size()
	}
	held := weigh() - before
	if held > size*5/4 {
		t.Errorf("%d entries hold %d bytes, and are counted as %d", n, held, size)
	}
	runtime.KeepAlive(kept)
}

func BenchmarkFreeze(b *testing.B) {
	e := &Entry{
		Timestamp: 1_795_000_000_123_456_789, Observed: 1_795_000_000_123_456_789, Severity: Info, Service: "checkout", Host: "node-17",
		Message: strings.Repeat("x", 120), TraceID: strings.Repeat("a", 32), SpanID: strings.Repeat("b", 16),
		Attributes: []Attribute{{"http.method", "GET"}, {"status", "200"}, {"user", "4711"}},
	}
	wire := e.AppendWire(nil)
	b.ReportAllocs()
	for b.Loop() {
		e.FreezeAs(1, wire)
	}
}
