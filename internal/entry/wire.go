package entry

import "google.golang.org/protobuf/encoding/protowire"

// Field numbers of logger.v1.LogEntry and of the messages inside it. A test holds them
// against the generated descriptor.
const (
	fieldCursor         = 1
	fieldTimestamp      = 2
	fieldObserved       = 3
	fieldSeverity       = 4
	fieldSeverityNumber = 5
	fieldService        = 6
	fieldHost           = 7
	fieldMessage        = 8
	fieldAttributes     = 9
	fieldTraceID        = 10
	fieldSpanID         = 11
	fieldFilterRevision = 14

	fieldSeconds = 1 // google.protobuf.Timestamp
	fieldNanos   = 2
	fieldKey     = 1 // of a map entry
	fieldValue   = 2
)

const nanosPerSecond = 1_000_000_000

// Freeze gives the entry its position and makes its protobuf encoding. The store calls
// it, once, before anybody else sees the entry.
func (e *Entry) Freeze(position Position) {
	e.FreezeAs(position, e.AppendWire(make([]byte, 0, e.wireBound())))
}

// SharedBytes is how large a piece of memory may be that the encodings of several new
// entries lie in. Whoever keeps one of them keeps the piece.
const SharedBytes = 4 << 10

// FreezeAs is Freeze for a store that has made the encoding already, with
// [Entry.AppendWire]: for many entries in one piece of memory, which costs half. The
// entry keeps wire, and nothing of what its texts were cut from: see settle.
func (e *Entry) FreezeAs(position Position, wire []byte) {
	e.Position, e.wire = position, wire
	e.settle()
}

// Wire returns the entry as a logger.v1.LogEntry in protobuf encoding, without what
// belongs to a stream: cursor, filter_revision and notice. The caller must not change
// it. Protobuf lets fields of a message stand in any order, so those are simply
// appended: see [AppendStreamFields].
func (e *Entry) Wire() []byte { return e.wire }

// AppendStreamFields appends the fields that only a stream knows, in the encoding that
// can follow [Entry.Wire].
func AppendStreamFields(dst []byte, cursor []byte, revision uint32) []byte {
	dst = protowire.AppendTag(dst, fieldCursor, protowire.BytesType)
	dst = protowire.AppendBytes(dst, cursor)
	if revision != 0 {
		dst = protowire.AppendTag(dst, fieldFilterRevision, protowire.VarintType)
		dst = protowire.AppendVarint(dst, uint64(revision))
	}
	return dst
}

// wireBound is at least the length of the encoding.
func (e *Entry) wireBound() int {
	const fixed, perString = 64, 6
	n := fixed + len(e.Service) + len(e.Host) + len(e.Message) + len(e.TraceID) + len(e.SpanID) + 5*perString
	for i := range e.Attributes {
		n += len(e.Attributes[i].Key) + len(e.Attributes[i].Value) + 3*perString
	}
	return n
}

// AppendWire appends the encoding that [Entry.Wire] returns once the entry is frozen.
func (e *Entry) AppendWire(b []byte) []byte {
	b = appendTimestamp(b, fieldTimestamp, e.Timestamp)
	b = appendTimestamp(b, fieldObserved, e.Observed)
	if e.Severity != 0 {
		group := byte(e.Severity.Group()) //nolint:gosec // G115: at most 6.
		b = append(b, fieldSeverity<<3, group, fieldSeverityNumber<<3, byte(e.Severity))
	}
	b = appendString(b, fieldService, e.Service)
	b = appendString(b, fieldHost, e.Host)
	b = appendString(b, fieldMessage, e.Message)
	for i := range e.Attributes {
		a := &e.Attributes[i]
		size := sizeString(a.Key) + sizeString(a.Value)
		b = appendLength(b, fieldAttributes, size)
		b = appendString(b, fieldKey, a.Key)
		b = appendString(b, fieldValue, a.Value)
	}
	b = appendString(b, fieldTraceID, e.TraceID)
	return appendString(b, fieldSpanID, e.SpanID)
}

func appendString(b []byte, field byte, s string) []byte {
	if s == "" {
		return b
	}
	return append(appendLength(b, field, len(s)), s...)
}

// appendLength appends the tag and the length of a field. All numbers are below 16, so
// that a tag is one byte, and most lengths are: protowire's general functions took a
// quarter of the time of storing an entry.
func appendLength(b []byte, field byte, n int) []byte {
	const oneByte = 0x80
	if n < oneByte {
		return append(b, field<<3|byte(protowire.BytesType), byte(n)) //nolint:gosec // G115: below oneByte.
	}
	return protowire.AppendVarint(append(b, field<<3|byte(protowire.BytesType)), uint64(n))
}

func sizeString(s string) int {
	if s == "" {
		return 0
	}
	return 1 + protowire.SizeBytes(len(s))
}

func appendTimestamp(b []byte, field byte, ns int64) []byte {
	if ns == 0 {
		return b
	}
	seconds, nanos := splitNanos(ns)
	size := 0
	if seconds != 0 {
		size += 1 + protowire.SizeVarint(uint64(seconds)) //nolint:gosec // G115: protobuf's own form of an int64.
	}
	if nanos != 0 {
		size += 1 + protowire.SizeVarint(uint64(nanos)) //nolint:gosec // G115: 0 to 999,999,999.
	}
	b = appendLength(b, field, size)
	if seconds != 0 {
		b = append(b, fieldSeconds<<3)
		b = protowire.AppendVarint(b, uint64(seconds)) //nolint:gosec // G115: protobuf's own form of an int64.
	}
	if nanos != 0 {
		b = append(b, fieldNanos<<3)
		b = protowire.AppendVarint(b, uint64(nanos)) //nolint:gosec // G115: 0 to 999,999,999.
	}
	return b
}

// splitNanos splits as google.protobuf.Timestamp wants it: nanos count forward, also
// before 1970.
func splitNanos(ns int64) (seconds, nanos int64) {
	seconds, nanos = ns/nanosPerSecond, ns%nanosPerSecond
	if nanos < 0 {
		seconds, nanos = seconds-1, nanos+nanosPerSecond
	}
	return seconds, nanos
}
