package filter

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// filterTexts yields every text of a filter, in the order in which they are compiled,
// so that they can be measured before the first is looked at.
func filterTexts(f *loggerv1.LogFilter) iter.Seq[source] {
	return func(yield func(source) bool) {
		if !yield(source{"query", f.GetQuery()}) {
			return
		}
		for _, list := range []struct {
			name  string
			texts []string
		}{{"services", f.GetServices()}, {"hosts", f.GetHosts()}, {"contains", f.GetContains()}, {"excludes", f.GetExcludes()}} {
			for i, text := range list.texts {
				if !yield(listItem(list.name, i, text)) {
					return
				}
			}
		}
		for _, key := range slices.Sorted(maps.Keys(f.GetAttributes())) {
			if !yield(attributeKey(key)) || !yield(attributeItem(key, f.GetAttributes()[key])) {
				return
			}
		}
		yield(source{"regex", f.GetRegex()})
	}
}

func listItem(name string, i int, text string) source {
	return source{fmt.Sprintf("%s[%d]", name, i), text}
}

// attributeKey is the key of a map's entry, which protobuf names so.
func attributeKey(key string) source { return source{"attributes.key", key} }

func attributeItem(key, text string) source { return source{"attributes[" + echo(key) + "]", text} }

// checkTexts checks what must hold of a filter's texts before they are parsed: each is
// UTF-8, and together they are not too long.
func checkTexts(f *loggerv1.LogFilter, maxBytes int) error {
	used := 0
	for s := range filterTexts(f) {
		if used+len(s.text) > maxBytes {
			return s.tooLong(maxBytes-used, used+len(s.text), maxBytes)
		}
		if err := checkText(s, maxBytes); err != nil {
			return err
		}
		used += len(s.text)
	}
	return nil
}

// structured appends the trees of a filter's structured fields. They are compiled as
// the restrictions of a query are, from values that are taken as they stand.
func structured(f *loggerv1.LogFilter, b *budget, parts []expr) ([]expr, error) {
	parts, err := minSeverity(f.GetMinSeverity(), b, parts)
	if err != nil {
		return nil, err
	}
	for _, list := range []struct {
		name  string
		field fieldKind
		texts []string
	}{{"services", serviceField, f.GetServices()}, {"hosts", hostField, f.GetHosts()}} {
		if len(list.texts) == 0 {
			continue
		}
		alternatives, err := b.items(list.name, field{kind: list.field}, opEqual, list.texts)
		if err != nil {
			return nil, err
		}
		parts = append(parts, anyOne(alternatives...))
	}
	contains, err := b.items("contains", field{kind: messageField}, opHas, f.GetContains())
	if err != nil {
		return nil, err
	}
	excludes, err := b.items("excludes", field{kind: messageField}, opHas, f.GetExcludes())
	if err != nil {
		return nil, err
	}
	parts = append(parts, contains...)
	for _, x := range excludes {
		parts = append(parts, negate(x))
	}
	return attributesAndRegex(f, b, parts)
}

// minSeverity appends the tree of the field min_severity.
func minSeverity(group loggerv1.Severity, b *budget, parts []expr) ([]expr, error) {
	if group == loggerv1.Severity_SEVERITY_UNSPECIFIED {
		return parts, nil
	}
	s := source{"min_severity", group.String()}
	lowest := entry.SeverityOfGroup(group)
	if lowest == 0 {
		return nil, s.whole().fail("send 1 (TRACE) to 6 (FATAL), or 0 for any", "min_severity %d is unknown", group)
	}
	return append(parts, leaf(severitiesBetween(lowest, entry.MaxSeverity))), b.condition(s.whole())
}

// attributesAndRegex appends the trees of these two fields.
func attributesAndRegex(f *loggerv1.LogFilter, b *budget, parts []expr) ([]expr, error) {
	for _, key := range slices.Sorted(maps.Keys(f.GetAttributes())) {
		name := attributeKey(key).whole()
		if key == "" {
			return nil, name.fail("leave it out", "the attribute has no name")
		}
		if err := b.literal(key, name); err != nil {
			return nil, err
		}
		x, err := b.compile(field{kind: attributeField, key: key}, opEqual, attributeItem(key, f.GetAttributes()[key]).value())
		if err != nil {
			return nil, err
		}
		parts = append(parts, x)
	}
	if f.GetRegex() == "" {
		return parts, nil
	}
	x, err := b.compile(field{kind: messageField}, opMatch, source{"regex", f.GetRegex()}.value())
	return append(parts, x), err
}

// items compiles the items of a list, each compared with the same field.
func (b *budget) items(name string, f field, op operator, texts []string) ([]expr, error) {
	parts := make([]expr, 0, len(texts))
	for i, text := range texts {
		s := listItem(name, i, text)
		if text == "" {
			return nil, s.whole().fail("leave it out", "the text is empty")
		}
		x, err := b.compile(f, op, s.value())
		if err != nil {
			return nil, err
		}
		parts = append(parts, x)
	}
	return parts, nil
}

// value returns the whole text as a value.
func (s source) value() value { return value{span: s.whole(), raw: s.text, form: whole} }
