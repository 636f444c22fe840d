package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/wire"
)

// sample returns an entry of about 250 bytes.
func sample(i int) *loggerv1.LogEntry {
	return &loggerv1.LogEntry{
		Timestamp: &timestamppb.Timestamp{Seconds: 1_700_000_000 + int64(i), Nanos: 5},
		Severity:  loggerv1.Severity_INFO, SeverityNumber: 9,
		Service: "checkout", Host: fmt.Sprintf("host-%02d.eu-west.example", i%37),
		Message: fmt.Sprintf("request %d finished after %d ms", i, i*7919%1500),
		Attributes: map[string]string{
			"http.request.method": "GET", "http.response.status_code": "200", "url.path": fmt.Sprintf("/v1/items/%d", i),
		},
		TraceId: fmt.Sprintf("%032x", i+1), SpanId: fmt.Sprintf("%016x", i+1),
	}
}

func encode(tb testing.TB, entries ...*loggerv1.LogEntry) []byte {
	tb.Helper()
	data, err := proto.Marshal(&loggerv1.WriteEntriesRequest{Entries: entries})
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// TestDecode holds the decoder against the protobuf library, for entries as clients write
// them and for every other form.
func TestDecode(t *testing.T) {
	many := &loggerv1.LogEntry{Message: "many", Attributes: map[string]string{}}
	for i := range 100 {
		many.Attributes[fmt.Sprintf("key.%d", i*37%100)] = strings.Repeat("x", i)
	}
	entries := []*loggerv1.LogEntry{
		{},
		many,
		{Message: strings.Repeat("long ", 10_000)},
		{Message: "only a group", Severity: loggerv1.Severity_FATAL},
		{Message: "another number", Severity: loggerv1.Severity_FATAL, SeverityNumber: 1},
		{Message: "what the server sets", Cursor: "c", FilterRevision: 7, Notice: &loggerv1.Notice{}},
		{Message: "before 1970", Timestamp: &timestamppb.Timestamp{Seconds: -1, Nanos: 1}},
		{Message: "1970", Timestamp: &timestamppb.Timestamp{}, ObservedTimestamp: &timestamppb.Timestamp{Nanos: 1}},
		{Message: "upper case", TraceId: strings.Repeat("AB", 16), SpanId: strings.Repeat("Cd", 8)},
		{Message: "no key", Attributes: map[string]string{"": "v", "k": ""}},
		{Message: "bad", Timestamp: &timestamppb.Timestamp{Seconds: 1 << 40}, TraceId: "x", SeverityNumber: -1},
		{Message: "bad", Severity: 7},
		{Message: "bad", SeverityNumber: 25},
		{Message: "bad", SpanId: "abc"},
		{Message: "bad", Timestamp: &timestamppb.Timestamp{Nanos: -1}},
	}
	for i := range 100 {
		entries = append(entries, sample(i))
	}
	check(t, encode(t, entries...))
}

// check decodes in both ways.
func check(t *testing.T, data []byte) {
	t.Helper()
	var request loggerv1.WriteEntriesRequest
	if err := proto.Unmarshal(data, &request); err != nil {
		t.Fatal(err)
	}
	var want []*entry.Entry
	var wrong []string
	for i, p := range request.GetEntries() {
		e, err := entry.FromProto(p)
		if err != nil {
			wrong = append(wrong, fmt.Sprint(i, err))
			continue
		}
		want = append(want, e)
	}
	got, err := wire.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		data[i] = '!' // Whatever is kept is a copy.
	}
	if diff := cmp.Diff(want, got.Entries, cmpopts.IgnoreUnexported(entry.Entry{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the library's entries and ours (-want +got):\n%s", diff)
	}
	var refused []string
	for _, r := range got.Rejected {
		refused = append(refused, fmt.Sprint(r.Index, r.Reason))
	}
	if diff := cmp.Diff(wrong, refused); diff != "" {
		t.Errorf("what is refused (-want +got):\n%s", diff)
	}
}

func TestDecodeMalformed(t *testing.T) {
	data := encode(t, sample(1))
	for name, cut := range map[string][]byte{"cut": data[:len(data)-1], "a group": {0x0b}, "no number": {0x00, 0x00}} {
		if b, err := wire.Decode(cut); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%s: %d entries, %v, want ErrMalformed", name, len(b.Entries), err)
		}
	}
	if _, err := wire.Decode(bytes.Repeat([]byte{0x0a, 0}, wire.MaxEntries+1)); !errors.Is(err, wire.ErrTooMany) {
		t.Errorf("too many entries: %v, want ErrTooMany", err)
	}
	// Within an entry it is that entry's mistake.
	b, err := wire.Decode(append([]byte{0x0a, 0x02, 0x42, 0x05}, data...))
	if err != nil || len(b.Rejected) != 1 || b.Rejected[0].Index != 0 || len(b.Entries) != 1 {
		t.Errorf("an entry that is cut: %+v, %v", b, err)
	}
}

// FuzzDecode holds the decoder against the protobuf library for whatever that can write.
func FuzzDecode(f *testing.F) {
	f.Add(encode(f, sample(1), sample(2)))
	f.Add(encode(f, &loggerv1.LogEntry{Message: "bad", SeverityNumber: -1, TraceId: "x"}))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = wire.Decode(data) // It must not panic.
		var request loggerv1.WriteEntriesRequest
		// Unknown fields are told by their number alone, whatever their wire type.
		if (proto.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(data, &request) != nil {
			return
		}
		check(t, encode(t, request.GetEntries()...))
	})
}

// TestDecodeAllocates holds the garbage of an entry.
func TestDecodeAllocates(t *testing.T) {
	const n = 512
	var entries []*loggerv1.LogEntry
	for i := range n {
		entries = append(entries, sample(i))
	}
	data := encode(t, entries...)
	perEntry := testing.AllocsPerRun(10, func() {
		if b, err := wire.Decode(data); err != nil || len(b.Entries) != n {
			t.Fatal(err)
		}
	}) / n
	if perEntry > 0.5 {
		t.Errorf("%.2f allocations an entry, want at most 0.5", perEntry)
	}
}

func benchmark(b *testing.B, decode func(data []byte) int) {
	b.Helper()
	const n = 500 // what logsieve send sends at once
	var entries []*loggerv1.LogEntry
	for i := range n {
		entries = append(entries, sample(i))
	}
	data := encode(b, entries...)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if got := decode(data); got != n {
			b.Fatal(got)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/entry")
}

// BenchmarkDecode measures a request from the wire to entries.
func BenchmarkDecode(b *testing.B) {
	benchmark(b, func(data []byte) int {
		batch, err := wire.Decode(data)
		if err != nil {
			b.Fatal(err)
		}
		return len(batch.Entries)
	})
}

// BenchmarkLibrary measures the same by way of the protobuf library.
func BenchmarkLibrary(b *testing.B) {
	benchmark(b, func(data []byte) int {
		var request loggerv1.WriteEntriesRequest
		if err := proto.Unmarshal(data, &request); err != nil {
			b.Fatal(err)
		}
		n := 0
		for _, p := range request.GetEntries() {
			if _, err := entry.FromProto(p); err != nil {
				b.Fatal(err)
			}
			n++
		}
		return n
	})
}
