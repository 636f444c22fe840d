package entry

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/testing/protocmp"
	"pgregory.net/rapid"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// TestJSONIsProtoJSON reads our JSON with the generated code, and compares the names and
// forms of its fields with what that code writes.
func TestJSONIsProtoJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry().Draw(t, "entry")
		e.Freeze(7)
		revision := rapid.Uint32().Draw(t, "revision")
		text := e.AppendJSON(nil, []byte("cursor"), revision)
		want := e.ToProto("cursor")
		want.FilterRevision = revision

		var got loggerv1.LogEntry
		if err := protojson.Unmarshal(text, &got); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		if diff := cmp.Diff(want, &got, protocmp.Transform()); diff != "" {
			t.Fatalf("-ToProto +AppendJSON:\n%s", diff)
		}
		theirs, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(parse(t, theirs), parse(t, text)); diff != "" {
			t.Fatalf("-protojson +AppendJSON:\n%s", diff)
		}
	})
}

func parse(t *rapid.T, text []byte) (v any) {
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

func TestJSONOfHostileStrings(t *testing.T) {
	for _, s := range []string{
		"\"\\/\b\f\n\r\t\x00\x1f\x7f", "</script>", "\u2028\u2029\u0085", "\xff\xfe", "a\xc3", "\xed\xa0\x80", "\U0010ffff", "\ufffd",
		"\x1b[31mred\x1b[0m", "{\"result\":{}}\n{\"error\":{}}", strings.Repeat("\x00", 1000),
	} {
		e := &Entry{Message: s, Service: s, Host: s, Attributes: []Attribute{{Key: "k" + s, Value: s}}}
		e.Freeze(1)
		text := e.AppendJSON(nil, []byte("c"), 0)
		if strings.ContainsAny(string(text), "\n\r\u2028\u2029\x00\x1b\x7f") || !utf8.Valid(text) {
			t.Errorf("%q: not one clean line: %q", s, text)
		}
		var got struct {
			Message, Service, Host string
			Attributes             map[string]string
		}
		if err := json.Unmarshal(text, &got); err != nil {
			t.Errorf("%q: %v", s, err)
		}
		want := strings.ToValidUTF8(s, "\ufffd")
		if !utf8.ValidString(s) {
			want = string([]rune(s)) // one U+FFFD for each byte
		}
		if got.Message != want || got.Service != want || got.Host != want || got.Attributes["k"+want] != want {
			t.Errorf("%q was written as %q", s, got.Message)
		}
	}
}

func TestJSONTimes(t *testing.T) {
	for ns, want := range map[int64]string{
		1_000_000_000:              "1970-01-01T00:00:01Z",
		1_500_000_000:              "1970-01-01T00:00:01.500Z",
		1_000_001_000:              "1970-01-01T00:00:01.000001Z",
		1_000_000_001:              "1970-01-01T00:00:01.000000001Z",
		-1:                         "1969-12-31T23:59:59.999999999Z",
		-9_000_000_000_000_000_000: "1684-10-19T08:00:00Z",
	} {
		e := &Entry{Timestamp: ns}
		e.Freeze(1)
		if text := string(e.AppendJSON(nil, nil, 0)); text != `{"cursor":"","timestamp":"`+want+`"}` {
			t.Errorf("%d is written as %s, want %s", ns, text, want)
		}
	}
}

// TestAllocations checks that what is sent to many is made once.
func TestAllocations(t *testing.T) {
	e, dst, cursor := sample(), make([]byte, 0, 4096), []byte("AAAAAAAAAAAAAAAAAAAAAAAA")
	_ = e.AppendJSON(dst, cursor, 1)
	for name, call := range map[string]func(){
		"Wire":               func() { _ = e.Wire() },
		"AppendWire":         func() { _ = e.AppendWire(dst) },
		"AppendStreamFields": func() { _ = AppendStreamFields(dst, cursor, 3) },
		"AppendJSON":         func() { _ = e.AppendJSON(dst, cursor, 3) },
		"Size":               func() { _ = e.Size() },
		"Attribute":          func() { _, _ = e.Attribute("url.path") },
	} {
		if n := testing.AllocsPerRun(100, call); n != 0 {
			t.Errorf("%s allocates %v times, want 0", name, n)
		}
	}
}

func FuzzJSONString(f *testing.F) {
	f.Add("plain")
	f.Add("\"\\\u2028\xff\x00")
	f.Fuzz(func(t *testing.T, s string) {
		text := appendJSONString(nil, s)
		var got string
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%q is written as %s: %v", s, text, err)
		}
		if want := string([]rune(s)); got != want {
			t.Errorf("%q is written as %s", s, text)
		}
	})
}

func BenchmarkAppendJSON(b *testing.B) {
	e, dst, cursor := sample(), make([]byte, 0, 4096), []byte("AAAAAAAAAAAAAAAAAAAAAAAA")
	b.Run("shared", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			dst = e.AppendJSON(dst[:0], cursor, 1)
		}
	})
	b.Run("first", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			e.json.Store(nil)
			dst = e.AppendJSON(dst[:0], cursor, 1)
		}
	})
}
