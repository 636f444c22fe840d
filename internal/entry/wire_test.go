package entry

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// anyEntry draws an entry as it may be stored.
func anyEntry() *rapid.Generator[*Entry] {
	return rapid.Custom(func(t *rapid.T) *Entry {
		e := &Entry{
			Timestamp: rapid.Int64Range(-9e18, 9e18).Draw(t, "timestamp"),
			Observed:  rapid.Int64Range(-9e18, 9e18).Draw(t, "observed"),
			Severity:  Severity(rapid.Uint8Range(0, uint8(MaxSeverity)).Draw(t, "severity")),
			Service:   rapid.String().Draw(t, "service"),
			Host:      rapid.String().Draw(t, "host"),
			Message:   rapid.String().Draw(t, "message"),
			TraceID:   rapid.StringMatching(`([0-9a-f]{32})?`).Draw(t, "trace"),
			SpanID:    rapid.StringMatching(`([0-9a-f]{16})?`).Draw(t, "span"),
		}
		for k, v := range rapid.MapOfN(rapid.StringN(1, 20, -1), rapid.String(), 0, 5).Draw(t, "attributes") {
			e.Attributes = append(e.Attributes, Attribute{k, v})
		}
		e.Attributes = SortAttributes(e.Attributes)
		return e
	})
}

// plain is an Entry that can be compared.
type plain struct {
	Position                                Position
	Timestamp, Observed                     int64
	Severity                                Severity
	Service, Host, Message, TraceID, SpanID string
	Attributes                              []Attribute
}

func plainly(e *Entry) plain {
	return plain{
		e.Position, e.Timestamp, e.Observed, e.Severity, e.Service, e.Host, e.Message, e.TraceID, e.SpanID,
		append([]Attribute{}, e.Attributes...),
	}
}

// TestWireIsProtobuf reads our encoding with the generated code.
func TestWireIsProtobuf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry().Draw(t, "entry")
		e.Freeze(7)
		revision := rapid.Uint32().Draw(t, "revision")
		var got loggerv1.LogEntry
		if err := proto.Unmarshal(AppendStreamFields(bytes.Clone(e.Wire()), []byte("cursor"), revision), &got); err != nil {
			t.Fatal(err)
		}
		want := e.ToProto("cursor")
		want.FilterRevision = revision
		if diff := cmp.Diff(want, &got, protocmp.Transform()); diff != "" {
			t.Fatalf("-ToProto +Wire:\n%s", diff)
		}
		if len(got.ProtoReflect().GetUnknown()) > 0 {
			t.Fatalf("unknown fields: %x", got.ProtoReflect().GetUnknown())
		}
	})
}

func TestThawIsFreezeBackwards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry().Draw(t, "entry")
		e.Freeze(9)
		var got Entry
		if err := got.Thaw(9, e.Wire()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(plainly(e), plainly(&got)); diff != "" {
			t.Fatalf("-frozen +thawed:\n%s", diff)
		}
		if !bytes.Equal(got.Wire(), e.Wire()) || !bytes.Equal(got.AppendWire(nil), e.Wire()) {
			t.Fatal("the encoding of a thawed entry is another")
		}
	})
}

// TestThawWith checks that entries that share room for their attributes do not see each
// other's.
func TestThawWith(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := rapid.SliceOfN(anyEntry(), 1, 10).Draw(t, "entries")
		got := make([]Entry, len(entries))
		var room []Attribute
		for i, e := range entries {
			e.Freeze(Position(i))
			var err error
			if room, err = got[i].ThawWith(Position(i), e.Wire(), room); err != nil {
				t.Fatal(err)
			}
		}
		for i, e := range entries {
			_ = append(got[i].Attributes, Attribute{"over", "flow"})
			if diff := cmp.Diff(plainly(e), plainly(&got[i])); diff != "" {
				t.Fatalf("-frozen +thawed:\n%s", diff)
			}
		}
	})
}

func TestFromProtoIsToProtoBackwards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry().Draw(t, "entry")
		got, err := FromProto(e.ToProto("ignored"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(plainly(e), plainly(got)); diff != "" {
			t.Fatalf("-before +after:\n%s", diff)
		}
	})
}

// TestFieldNumbers holds our constants against the contract.
func TestFieldNumbers(t *testing.T) {
	message := (&loggerv1.LogEntry{}).ProtoReflect().Descriptor().Fields()
	attribute := message.ByName("attributes").Message().Fields()
	time := (&timestamppb.Timestamp{}).ProtoReflect().Descriptor().Fields()
	for _, f := range []struct {
		fields protoreflect.FieldDescriptors
		name   protoreflect.Name
		number protoreflect.FieldNumber
	}{
		{message, "cursor", fieldCursor},
		{message, "timestamp", fieldTimestamp},
		{message, "observed_timestamp", fieldObserved},
		{message, "severity", fieldSeverity},
		{message, "severity_number", fieldSeverityNumber},
		{message, "service", fieldService},
		{message, "host", fieldHost},
		{message, "message", fieldMessage},
		{message, "attributes", fieldAttributes},
		{message, "trace_id", fieldTraceID},
		{message, "span_id", fieldSpanID},
		{message, "filter_revision", fieldFilterRevision},
		{attribute, "key", fieldKey},
		{attribute, "value", fieldValue},
		{time, "seconds", fieldSeconds},
		{time, "nanos", fieldNanos},
	} {
		if d := f.fields.ByName(f.name); d == nil || d.Number() != f.number {
			t.Errorf("%s is not field %d of the contract", f.name, f.number)
		}
	}
	const notice, oneByteTags = 1, 16
	if n := message.Len() - notice; n != 12 {
		t.Errorf("the contract has %d fields, and the encoding knows 12", n)
	}
	for i := range message.Len() {
		if f := message.Get(i); f.Number() >= oneByteTags {
			t.Errorf("field %s has number %d, and the encoding writes tags of one byte", f.Name(), f.Number())
		}
	}
}

func TestThawDamaged(t *testing.T) {
	for name, wire := range map[string][]byte{
		"cut tag":           {fieldMessage<<3 | 2},
		"cut value":         {fieldMessage<<3 | 2, 5, 'a'},
		"huge length":       {fieldMessage<<3 | 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1},
		"unending length":   {fieldMessage<<3 | 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"cut number":        {fieldSeverityNumber << 3},
		"unknown field":     {13<<3 | 2, 0},
		"unknown number":    {13 << 3, 0},
		"fixed width":       {fieldMessage<<3 | 5, 0, 0, 0, 0},
		"two-byte tag":      {0x80 | 2, 1, 0},
		"cut time":          {fieldTimestamp<<3 | 2, 1, fieldSeconds << 3},
		"not a time":        {fieldTimestamp<<3 | 2, 2, fieldSeconds<<3 | 2, 0},
		"cut attribute":     {fieldAttributes<<3 | 2, 2, fieldKey<<3 | 2, 1},
		"not an attribute":  {fieldAttributes<<3 | 2, 2, fieldKey << 3, 1},
		"stream's field":    {fieldCursor<<3 | 2, 0},
		"group, start only": {fieldMessage<<3 | 3},
	} {
		var e Entry
		if err := e.Thaw(1, wire); err == nil {
			t.Errorf("%s: accepted as %+v", name, plainly(&e))
		}
	}
}

func FuzzThaw(f *testing.F) {
	e := sample()
	f.Add(e.Wire())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, wire []byte) {
		var e Entry
		if err := e.Thaw(1, wire); err != nil {
			return
		}
		// What is accepted is what generated code reads, but for its stricter UTF-8.
		var p loggerv1.LogEntry
		if err := (proto.UnmarshalOptions{}).Unmarshal(wire, &p); err == nil && p.GetMessage() != e.Message {
			t.Errorf("the message is %q, generated code reads %q", e.Message, p.GetMessage())
		}
		_ = e.AppendJSON(nil, []byte("c"), 1)
	})
}

// sample returns a frozen entry of about 250 bytes.
func sample() *Entry {
	e := &Entry{
		Timestamp: 1_795_000_000_123_456_789, Observed: 1_795_000_000_223_456_789, Severity: Error,
		Service: "checkout", Host: "host-12.eu-west.example",
		Message: "payment of order 8675309 was declined after 1234 ms: card expired",
		Attributes: []Attribute{
			{"http.request.method", "POST"}, {"http.response.status_code", "402"}, {"url.path", "/v1/orders/8675309/pay"},
		},
		TraceID: "4bf92f3577b34da6a3ce929d0e0e4736", SpanID: "00f067aa0ba902b7",
	}
	e.Freeze(42)
	return e
}

func BenchmarkAppendWire(b *testing.B) {
	e, dst := sample(), make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		dst = e.AppendWire(dst[:0])
	}
}

func BenchmarkThaw(b *testing.B) {
	wire := sample().Wire()
	room := make([]Attribute, 0, 8)
	b.ReportAllocs()
	for b.Loop() {
		var e Entry
		if _, err := e.ThawWith(1, wire, room); err != nil {
			b.Fatal(err)
		}
	}
}
