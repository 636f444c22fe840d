package entry

import (
	"errors"
	"fmt"
	"unsafe"

	"google.golang.org/protobuf/encoding/protowire"
)

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
	e.Position = position
	e.wire = e.appendWire(make([]byte, 0, e.wireBound()))
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

func (e *Entry) appendWire(b []byte) []byte {
	b = appendTimestamp(b, fieldTimestamp, e.Timestamp)
	b = appendTimestamp(b, fieldObserved, e.Observed)
	if e.Severity != 0 {
		b = append(b, fieldSeverity<<3, byte(e.Severity.Group()), fieldSeverityNumber<<3, byte(e.Severity))
	}
	b = appendString(b, fieldService, e.Service)
	b = appendString(b, fieldHost, e.Host)
	b = appendString(b, fieldMessage, e.Message)
	for i := range e.Attributes {
		a := &e.Attributes[i]
		size := sizeString(fieldKey, a.Key) + sizeString(fieldValue, a.Value)
		b = protowire.AppendTag(b, fieldAttributes, protowire.BytesType)
		b = protowire.AppendVarint(b, uint64(size)) //nolint:gosec // G115: a length is never negative.
		b = appendString(b, fieldKey, a.Key)
		b = appendString(b, fieldValue, a.Value)
	}
	b = appendString(b, fieldTraceID, e.TraceID)
	return appendString(b, fieldSpanID, e.SpanID)
}

func appendString(b []byte, field protowire.Number, s string) []byte {
	if s == "" {
		return b
	}
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), s)
}

func sizeString(field protowire.Number, s string) int {
	if s == "" {
		return 0
	}
	return protowire.SizeTag(field) + protowire.SizeBytes(len(s))
}

func appendTimestamp(b []byte, field protowire.Number, ns int64) []byte {
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
	b = protowire.AppendTag(b, field, protowire.BytesType)
	b = append(b, byte(size)) // at most 2 tags and 10 + 5 bytes
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

var errWire = errors.New("entry: encoding is damaged")

// Thaw fills e from an encoding that [Entry.Wire] returned, at this position. The
// entry keeps wire, and its strings point into it: the caller gives wire away and must
// not change it. It fails only if wire is damaged.
func (e *Entry) Thaw(position Position, wire []byte) error {
	e.Position, e.wire = position, wire
	e.Attributes = makeAttributes(wire)
	for b := wire; len(b) > 0; {
		field, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return errWire
		}
		b = b[n:]
		if kind == protowire.VarintType {
			v, n := protowire.ConsumeVarint(b)
			if n < 0 {
				return errWire
			}
			b = b[n:]
			if field == fieldSeverityNumber {
				e.Severity = Severity(min(v, uint64(MaxSeverity)))
			}
			continue
		}
		v, n := protowire.ConsumeBytes(b)
		if n < 0 || kind != protowire.BytesType {
			return errWire
		}
		b = b[n:]
		if err := e.thawField(field, v); err != nil {
			return err
		}
	}
	return nil
}

func (e *Entry) thawField(field protowire.Number, v []byte) (err error) {
	switch field {
	case fieldTimestamp:
		e.Timestamp, err = consumeTimestamp(v)
	case fieldObserved:
		e.Observed, err = consumeTimestamp(v)
	case fieldService:
		e.Service = alias(v)
	case fieldHost:
		e.Host = alias(v)
	case fieldMessage:
		e.Message = alias(v)
	case fieldAttributes:
		var a Attribute
		if a, err = consumeAttribute(v); err == nil {
			e.Attributes = append(e.Attributes, a)
		}
	case fieldTraceID:
		e.TraceID = alias(v)
	case fieldSpanID:
		e.SpanID = alias(v)
	default:
		err = fmt.Errorf("%w: field %d", errWire, field)
	}
	return err
}

// makeAttributes allocates room for all attributes of an encoding at once.
func makeAttributes(wire []byte) []Attribute {
	count := 0
	for b := wire; len(b) > 0; {
		field, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			break
		}
		m := protowire.ConsumeFieldValue(field, kind, b[n:])
		if m < 0 {
			break
		}
		if field == fieldAttributes {
			count++
		}
		b = b[n+m:]
	}
	if count == 0 {
		return nil
	}
	return make([]Attribute, 0, count)
}

func consumeAttribute(b []byte) (a Attribute, err error) {
	for len(b) > 0 {
		field, kind, n := protowire.ConsumeTag(b)
		if n < 0 || kind != protowire.BytesType {
			return a, errWire
		}
		v, m := protowire.ConsumeBytes(b[n:])
		if m < 0 {
			return a, errWire
		}
		b = b[n+m:]
		switch field {
		case fieldKey:
			a.Key = alias(v)
		case fieldValue:
			a.Value = alias(v)
		}
	}
	return a, nil
}

func consumeTimestamp(b []byte) (int64, error) {
	var seconds, nanos int64
	for len(b) > 0 {
		field, kind, n := protowire.ConsumeTag(b)
		if n < 0 || kind != protowire.VarintType {
			return 0, errWire
		}
		v, m := protowire.ConsumeVarint(b[n:])
		if m < 0 {
			return 0, errWire
		}
		b = b[n+m:]
		switch field {
		case fieldSeconds:
			seconds = int64(v) //nolint:gosec // G115: protobuf's own form of an int64.
		case fieldNanos:
			nanos = int64(v) //nolint:gosec // G115: protobuf's own form of an int64.
		}
	}
	return seconds*nanosPerSecond + nanos, nil
}

// alias returns b as a string without a copy. Entries are never changed once they
// have an encoding, so neither is what the string points into.
func alias(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	return unsafe.String(unsafe.SliceData(b), len(b)) //nolint:gosec // G103: see above; copying doubles the cost of a replay.
}
