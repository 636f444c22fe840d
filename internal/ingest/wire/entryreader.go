package wire

import (
	"math"
	"slices"
	"strings"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// Field numbers of logger.v1.LogEntry and of the messages inside it.
const (
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

	fieldSeconds, fieldNanos = 1, 2 // google.protobuf.Timestamp
	fieldKey, fieldValue     = 1, 2 // of a map entry
)

// entryReader reads one LogEntry in its usual form.
type entryReader struct {
	entry *entry.Entry
	slab  *Slab
	// group is the severity that is told by its group alone.
	group entry.Severity
}

// read returns false for an entry that is not in its usual form, or is wrong.
func (r *entryReader) read(data []byte) bool {
	e := r.entry
	if n := Count(data, fieldAttributes); n > 0 {
		e.Attributes = r.slab.Attributes(n)
	}
	fields := Fields{Data: data}
	for fields.Next() {
		if !r.field(&fields) {
			return false
		}
	}
	if e.Severity == 0 {
		e.Severity = r.group
	}
	return fields.Err() == nil && sortKeys(e.Attributes)
}

func (r *entryReader) field(f *Fields) (ok bool) {
	e := r.entry
	switch f.Number {
	case fieldTimestamp:
		// Of two that are there, the library makes one out of parts of both.
		ok = e.Timestamp == 0
		e.Timestamp = nanoseconds(f.Bytes())
		return ok && e.Timestamp != 0
	case fieldObserved:
		ok = e.Observed == 0
		e.Observed = nanoseconds(f.Bytes())
		return ok && e.Observed != 0
	case fieldSeverity:
		group := loggerv1.Severity(min(f.Value, uint64(loggerv1.Severity_FATAL)+1))
		r.group = entry.SeverityOfGroup(group)
		return group <= loggerv1.Severity_FATAL
	case fieldSeverityNumber:
		e.Severity = entry.Severity(min(f.Value, uint64(entry.MaxSeverity)))
		return f.Value <= uint64(entry.MaxSeverity)
	case fieldService:
		e.Service = Text(f.Bytes())
	case fieldHost:
		e.Host = Text(f.Bytes())
	case fieldMessage:
		e.Message = Text(f.Bytes())
	case fieldAttributes:
		return r.attribute(f.Bytes())
	case fieldTraceID:
		e.TraceID, ok = hexID(f.Bytes(), 32)
		return ok
	case fieldSpanID:
		e.SpanID, ok = hexID(f.Bytes(), 16)
		return ok
	}
	return true // The fields that the server sets are ignored.
}

func (r *entryReader) attribute(data []byte) bool {
	var a entry.Attribute
	fields := Fields{Data: data}
	for fields.Next() {
		switch fields.Number {
		case fieldKey:
			a.Key = Text(fields.Bytes())
		case fieldValue:
			a.Value = Text(fields.Bytes())
		}
	}
	r.entry.Attributes = append(r.entry.Attributes, a)
	return fields.Err() == nil
}

// sortKeys sorts attributes by key, and returns false if there is one without a key or two
// with the same. Clients in Go send them in any order, and there are few: this takes a
// fourth of what slices.SortStableFunc does.
func sortKeys(attributes []entry.Attribute) bool {
	const few = 16
	if len(attributes) > few {
		slices.SortStableFunc(attributes, func(a, b entry.Attribute) int { return strings.Compare(a.Key, b.Key) })
	}
	for i := range attributes {
		for j := i; j > 0; j-- {
			order := strings.Compare(attributes[j-1].Key, attributes[j].Key)
			if order == 0 {
				return false
			}
			if order < 0 {
				break
			}
			attributes[j-1], attributes[j] = attributes[j], attributes[j-1]
		}
	}
	return len(attributes) == 0 || attributes[0].Key != ""
}

// nanoseconds returns a google.protobuf.Timestamp as an entry has it, or 0 if it has no such
// time, or is that very time.
func nanoseconds(data []byte) int64 {
	const nanosPerSecond, limit = 1_000_000_000, math.MaxInt64/1_000_000_000 - 1
	var seconds, nanos uint64
	fields := Fields{Data: data}
	for fields.Next() {
		switch fields.Number {
		case fieldSeconds:
			seconds = fields.Value
		case fieldNanos:
			nanos = fields.Value
		}
	}
	if fields.Err() != nil || seconds > limit || nanos >= nanosPerSecond {
		return 0
	}
	return int64(seconds*nanosPerSecond + nanos)
}

// hexID returns an id in lower case, and whether it is one of that many digits.
func hexID(id []byte, digits int) (string, bool) {
	if len(id) != digits && len(id) != 0 {
		return "", false
	}
	for i, c := range id {
		switch {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'f':
		case 'A' <= c && c <= 'F':
			id[i] |= 0x20 // It is a copy, and nobody else has it yet.
		default:
			return "", false
		}
	}
	return Text(id), true
}
