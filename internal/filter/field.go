package filter

import (
	"strings"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// field is a field of an entry as a query names it.
type field struct {
	kind FieldKind
	// key is the attribute's key, set for attribute alone.
	key string
}

// FieldKind is one of the fields of an entry.
type FieldKind uint8

// The fields that a query can name. AttributesField is all attributes together, which
// can only be asked for a key; AttributeField is one of them.
const (
	SeverityField FieldKind = iota + 1
	ServiceField
	HostField
	MessageField
	TraceIDField
	SpanIDField
	TimestampField
	AttributesField
	AttributeField
)

// attributesName is how a query names the attributes; attributesPrefix begins the name
// of one of them.
const (
	attributesName   = "attributes"
	attributesPrefix = attributesName + "."
)

// fieldNames are the names in a query, by kind.
var fieldNames = [...]string{
	SeverityField:   "severity",
	ServiceField:    "service",
	HostField:       "host",
	MessageField:    "message",
	TraceIDField:    "trace_id",
	SpanIDField:     "span_id",
	TimestampField:  "timestamp",
	AttributesField: attributesName,
}

// fieldNamed returns the field with this name, attributes not among them.
func fieldNamed(name string) (field, bool) {
	for kind, known := range fieldNames {
		if known == name && known != "" {
			return field{kind: FieldKind(kind)}, true
		}
	}
	return field{}, false
}

// text returns the text of the field in this entry and whether the entry has it. A
// fixed field that is empty is one that the entry does not have; an attribute may be
// there and be empty.
func (f field) text(e *entry.Entry) (string, bool) {
	var text string
	switch f.kind {
	case AttributeField:
		return e.Attribute(f.key)
	case ServiceField:
		text = e.Service
	case HostField:
		text = e.Host
	case MessageField:
		text = e.Message
	case TraceIDField:
		text = e.TraceID
	case SpanIDField:
		text = e.SpanID
	case SeverityField, TimestampField, AttributesField:
		// These have no text; the compiler of conditions does not make predicates that ask.
	}
	return text, text != ""
}

// appendName appends the name of the field as a query has it.
func (f field) appendName(b []byte) []byte {
	if f.kind != AttributeField {
		return append(b, fieldNames[f.kind]...)
	}
	b = append(b, attributesPrefix...)
	if isPlain(f.key) {
		return append(b, f.key...)
	}
	return appendQuoted(b, f.key, "")
}

// shown returns the name of the field for a message: cut, and with nothing in it that
// could drive a terminal.
func (f field) shown() string {
	if f.kind == AttributeField && !isPlain(f.key) {
		return attributesPrefix + echo(f.key)
	}
	return clip(string(f.appendName(nil)))
}

// stored returns a text as the field would hold it: ids are kept in lower case, so an
// id in upper case is compared in lower case, too.
func (f field) stored(text string) string {
	if f.kind == TraceIDField || f.kind == SpanIDField {
		return strings.ToLower(text)
	}
	return text
}
