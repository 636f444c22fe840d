// Package entry is one entry of the log: what it holds, and its encodings.
//
// An [Entry] is made by ingest, given its position by the store, and frozen from
// then on: it is shared by every stream that it matches and never copied. Its
// protobuf and its JSON encoding are each made at most once.
package entry

import (
	"slices"
	"strings"
	"sync/atomic"
)

// Position is the place of an entry in the log. The store alone assigns it. It
// strictly increases from one entry to the next; there may be holes. 0 is before the
// first entry.
type Position uint64

// Entry is one entry of the log. Until it is handed to the store its maker may change
// it; afterwards nobody may, and all its methods are safe for concurrent use.
type Entry struct {
	// Position is set by the store. 0 until then.
	Position Position
	// Timestamp is when it happened, in nanoseconds since 1970 UTC. 0 is unset, and
	// never so once stored.
	Timestamp int64
	// Observed is when it was first seen, in nanoseconds since 1970 UTC. 0 is unset,
	// and never so once stored.
	Observed int64
	// Severity is OpenTelemetry's severity number, 0 if unknown.
	Severity Severity
	// Service is OpenTelemetry's service.name, may be empty.
	Service string
	// Host is OpenTelemetry's host.name, may be empty.
	Host string
	// Message is the text, valid UTF-8 once stored.
	Message string
	// Attributes are sorted by key, keys are unique; see [SortAttributes].
	Attributes []Attribute
	// TraceID is 32 lower-case hexadecimal digits or empty.
	TraceID string
	// SpanID is 16 lower-case hexadecimal digits or empty.
	SpanID string

	// wire is the protobuf encoding, see Wire. Written before the entry is shared.
	wire []byte
	// json is the encoding that AppendJSON shares. Whoever needs it first makes it;
	// two that race make the same bytes.
	json atomic.Pointer[[]byte]
}

// Attribute is a named value of an entry.
type Attribute struct {
	Key, Value string
}

// Attribute returns the value of the attribute with this key and whether there is one.
func (e *Entry) Attribute(key string) (string, bool) {
	// Entries have a handful of attributes: a scan beats a binary search.
	for i := range e.Attributes {
		if e.Attributes[i].Key == key {
			return e.Attributes[i].Value, true
		}
	}
	return "", false
}

// Size is the number of bytes by which budgets of memory count this entry: its
// encoding and what surrounds it. Call it on stored entries only.
func (e *Entry) Size() int {
	// The struct, its strings' headers in Attributes, and the encoded text, which the
	// strings point into. What is shared as JSON is not counted: it is there only while
	// somebody watches over HTTP, and about as much as the rest.
	const structBytes, attributeBytes = 192, 32
	return structBytes + attributeBytes*len(e.Attributes) + len(e.wire)
}

// SortAttributes puts attributes into the order that an Entry needs, in place, and
// drops those without a key. Where a key occurs twice, the first one stays.
func SortAttributes(attributes []Attribute) []Attribute {
	slices.SortStableFunc(attributes, func(a, b Attribute) int { return strings.Compare(a.Key, b.Key) })
	attributes = slices.CompactFunc(attributes, func(a, b Attribute) bool { return a.Key == b.Key })
	if len(attributes) > 0 && attributes[0].Key == "" {
		attributes = attributes[1:]
	}
	return attributes
}
