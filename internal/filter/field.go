package filter

import (
	"strings"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// field is a field of an entry as a query names it.
type field struct {
	kind fieldKind
	// key is the attribute's key, set for attribute alone.
	key string
}

type fieldKind uint8

const (
	severityField fieldKind = iota + 1
	serviceField
	hostField
	messageField
	traceIDField
	spanIDField
	timestampField
	// attributesField is all attributes together, which can only be asked for a key.
	attributesField
	// attributeField is one attribute.
	attributeField
)

// attributesName is how a query names the attributes; attributesPrefix begins the name
// of one of them.
const (
	attributesName   = "attributes"
	attributesPrefix = attributesName + "."
)

// fieldNames are the names in a query, by kind.
var fieldNames = [...]string{
	severityField:   "severity",
	serviceField:    "service",
	hostField:       "host",
	messageField:    "message",
	traceIDField:    "trace_id",
	spanIDField:     "span_id",
	timestampField:  "timestamp",
	attributesField: attributesName,
}

// fieldNamed returns the field with this name, attributes not among them.
func fieldNamed(name string) (field, bool) {
	for kind, known := range fieldNames {
		if known == name && known != "" {
			return field{kind: fieldKind(kind)}, true
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
	case attributeField:
		return e.Attribute(f.key)
	case serviceField:
		text = e.Service
	case hostField:
		text = e.Host
	case messageField:
		text = e.Message
	case traceIDField:
		text = e.TraceID
	case spanIDField:
		text = e.SpanID
	case severityField, timestampField, attributesField:
		// These have no text; the compiler of conditions does not make predicates that ask.
	}
	return text, text != ""
}

// appendName appends the name of the field as a query has it.
func (f field) appendName(b []byte) []byte {
	if f.kind != attributeField {
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
	if f.kind == attributeField && !isPlain(f.key) {
		return attributesPrefix + echo(f.key)
	}
	return clip(string(f.appendName(nil)))
}

// stored returns a text as the field would hold it: ids are kept in lower case, so an
// id in upper case is compared in lower case, too.
func (f field) stored(text string) string {
	if f.kind == traceIDField || f.kind == spanIDField {
		return strings.ToLower(text)
	}
	return text
}
