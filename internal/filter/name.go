package filter

import (
	"strings"

	"github.com/agext/levenshtein"
)

// path returns the field whose name begins with word, which has been read, and steps
// over the quoted parts of an attribute's name behind it. The field's kind is 0 if there
// is none with that name: then word may still be a word to be searched for.
//
// What follows "attributes." is one flat key, dots included, as OpenTelemetry names
// attributes: attributes.http.request.method has the key http.request.method.
func (p *parser) path(word value) (field, error) {
	if f, ok := fieldNamed(word.raw); ok {
		return f, nil
	}
	key, ok := strings.CutPrefix(word.raw, attributesPrefix)
	if !ok {
		return field{}, nil
	}
	for segment := word.raw; strings.HasSuffix(segment, ".") && p.atQuote(); {
		part, err := p.takeString()
		if err != nil {
			return field{}, err
		}
		segment = ""
		if p.at('.') {
			segment = p.peekName()
			p.pos += len(segment)
		}
		key += part.verbatim() + segment
	}
	return field{kind: AttributeField, key: key}, p.literal(key, p.span(word.begin, p.pos))
}

// otherNames are names that people use for our fields: those of other tools and of
// loggers.
var otherNames = map[string]FieldKind{
	"level": SeverityField, "lvl": SeverityField, "loglevel": SeverityField, "log.level": SeverityField,
	"severity_text": SeverityField, "severity_number": SeverityField, "min_severity": SeverityField,
	"priority": SeverityField,
	"svc":      ServiceField, "services": ServiceField, "service.name": ServiceField, "service_name": ServiceField,
	"app": ServiceField, "job": ServiceField, "logger": ServiceField,
	"hosts": HostField, "hostname": HostField, "host.name": HostField, "node": HostField, "instance": HostField,
	"msg": MessageField, "text": MessageField, "body": MessageField, "log": MessageField, "line": MessageField,
	"textPayload": MessageField, "_msg": MessageField,
	"trace": TraceIDField, "traceid": TraceIDField, "traceId": TraceIDField, "trace.id": TraceIDField,
	"span": SpanIDField, "spanid": SpanIDField, "spanId": SpanIDField, "span.id": SpanIDField,
	"time": TimestampField, "ts": TimestampField, "@timestamp": TimestampField, "_time": TimestampField, "date": TimestampField,
	"attribute": AttributesField, "attr": AttributesField, "attrs": AttributesField, "labels": AttributesField,
}

// unknownField makes the error of a comparison of a field that there is not.
func (p *parser) unknownField(name value, op span) error {
	hint := "did you mean " + closestField(name.raw) + "?"
	if op.covered() == string(opHas) {
		hint += " To search for the text, put it in quotes: " + p.textAround(name)
	}
	return name.fail(hint, "unknown field %s", echo(name.raw))
}

// textAround returns the text from name up to white space, quoted and cut: what somebody
// who pasted 12:30:05 or http://example.com wanted to search for.
func (p *parser) textAround(name value) string {
	rest := p.text[name.begin:]
	if end := strings.IndexFunc(rest, endsText); end >= 0 {
		rest = rest[:end]
	}
	return echo(rest)
}

// closestField returns the field that an unknown name most likely means.
func closestField(name string) string {
	if kind, ok := otherNames[name]; ok {
		return fieldNames[kind]
	}
	lower := strings.ToLower(name)
	if kind, ok := otherNames[lower]; ok {
		return fieldNames[kind]
	}
	for _, prefix := range []string{"attribute.", "attr.", "attrs.", "labels.", "jsonPayload.", "resource."} {
		if key, ok := strings.CutPrefix(name, prefix); ok && key != "" {
			return field{kind: AttributeField, key: key}.shown()
		}
	}
	const slips, longest = 2, 16 // no field is longer: a long name is not worth comparing
	for _, known := range fieldNames {
		if known != "" && len(lower) <= longest && levenshtein.Distance(lower, known, nil) <= slips {
			return known
		}
	}
	return field{kind: AttributeField, key: name}.shown()
}
