package entry

import (
	"encoding/binary"
	"errors"
	"unsafe"

	"google.golang.org/protobuf/encoding/protowire"
)

var errWire = errors.New("entry: encoding is damaged")

// Thaw fills e from an encoding that [Entry.Wire] returned, at this position. The
// entry keeps wire, and its strings point into it: the caller gives wire away and must
// not change it. It fails only if wire is damaged.
func (e *Entry) Thaw(position Position, wire []byte) error {
	_, err := e.ThawWith(position, wire, nil)
	return err
}

// ThawWith is Thaw for many entries: it takes the room for the attributes from behind
// those in a slice, and returns that slice with these attributes at its end.
func (e *Entry) ThawWith(position Position, wire []byte, room []Attribute) ([]Attribute, error) {
	e.Position, e.wire = position, wire
	start := len(room)
	for b := wire; len(b) > 0; {
		tag := b[0]
		if tag&7 == byte(protowire.VarintType) {
			v, n := binary.Uvarint(b[1:])
			if n <= 0 {
				return room, errWire
			}
			switch tag >> 3 {
			case fieldSeverity: // follows from the number
			case fieldSeverityNumber:
				e.Severity = Severity(min(v, uint64(MaxSeverity)))
			default:
				return room, errWire
			}
			b = b[1+n:]
			continue
		}
		v, rest, ok := consumeField(b)
		if !ok {
			return room, errWire
		}
		b = rest
		if tag>>3 != fieldAttributes {
			if err := e.thawField(tag>>3, v); err != nil {
				return room, err
			}
			continue
		}
		a, err := consumeAttribute(v)
		if err != nil {
			return room, err
		}
		room = append(room, a)
	}
	e.Attributes = nil
	if n := len(room); n > start {
		e.Attributes = room[start:n:n]
	}
	return room, nil
}

func (e *Entry) thawField(field byte, v []byte) (err error) {
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
	case fieldTraceID:
		e.TraceID = alias(v)
	case fieldSpanID:
		e.SpanID = alias(v)
	default:
		err = errWire
	}
	return err
}

// consumeField returns the value of the field at the beginning of b, which is not empty,
// and what follows it. It knows one-byte tags of length-delimited fields alone: there
// are no others but the numbers that are dealt with in place.
func consumeField(b []byte) (v, rest []byte, ok bool) {
	if b[0]&7 != byte(protowire.BytesType) || b[0] >= 0x80 || len(b) < 2 {
		return nil, nil, false
	}
	size, n := uint64(b[1]), 1
	if size >= 0x80 {
		size, n = binary.Uvarint(b[1:])
	}
	b = b[1:]
	if n <= 0 || size > uint64(len(b)-n) { //nolint:gosec // G115: n is at most len(b).
		return nil, nil, false
	}
	end := n + int(size) //nolint:gosec // G115: at most len(b).
	return b[n:end], b[end:], true
}

func consumeAttribute(b []byte) (a Attribute, err error) {
	for len(b) > 0 {
		field := b[0] >> 3
		v, rest, ok := consumeField(b)
		if !ok {
			return a, errWire
		}
		b = rest
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
		tag := b[0]
		v, n := binary.Uvarint(b[1:])
		if n <= 0 {
			return 0, errWire
		}
		b = b[1+n:]
		switch tag {
		case fieldSeconds << 3:
			seconds = int64(v) //nolint:gosec // G115: protobuf's own form of an int64.
		case fieldNanos << 3:
			nanos = int64(v) //nolint:gosec // G115: protobuf's own form of an int64.
		default:
			return 0, errWire
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
