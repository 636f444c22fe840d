package filter

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// textList is a field of LogFilter that is a list of texts.
type textList struct {
	name  string
	texts []string
	// field and op are what each text is compared with.
	field FieldKind
	op    operator
	// join makes one tree of those of the texts.
	join func(...expr) expr
}

func textLists(f *loggerv1.LogFilter) [4]textList {
	none := func(parts ...expr) expr { return negate(anyOne(parts...)) }
	return [4]textList{
		{"services", f.GetServices(), ServiceField, opEqual, anyOne},
		{"hosts", f.GetHosts(), HostField, opEqual, anyOne},
		{"contains", f.GetContains(), MessageField, opHas, all},
		{"excludes", f.GetExcludes(), MessageField, opHas, none},
	}
}

// filterTexts yields every text of a filter, so that they can be measured before the
// first is looked at.
func filterTexts(f *loggerv1.LogFilter) iter.Seq[source] {
	return func(yield func(source) bool) {
		if !yield(source{"query", f.GetQuery()}) {
			return
		}
		for _, list := range textLists(f) {
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
	for _, list := range textLists(f) {
		if len(list.texts) == 0 {
			continue
		}
		conditions, err := b.items(list)
		if err != nil {
			return nil, err
		}
		parts = append(parts, list.join(conditions...))
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
		x, err := b.compile(field{kind: AttributeField, key: key}, opEqual, attributeItem(key, f.GetAttributes()[key]).value())
		if err != nil {
			return nil, err
		}
		parts = append(parts, x)
	}
	if f.GetRegex() == "" {
		return parts, nil
	}
	x, err := b.compile(field{kind: MessageField}, opMatch, source{"regex", f.GetRegex()}.value())
	return append(parts, x), err
}

// items compiles the texts of a list.
func (b *budget) items(list textList) ([]expr, error) {
	parts := make([]expr, 0, len(list.texts))
	for i, text := range list.texts {
		s := listItem(list.name, i, text)
		if text == "" {
			return nil, s.whole().fail("leave it out", "the text is empty")
		}
		x, err := b.compile(field{kind: list.field}, list.op, s.value())
		if err != nil {
			return nil, err
		}
		parts = append(parts, x)
	}
	return parts, nil
}

// value returns the whole text as a value.
func (s source) value() value { return value{span: s.whole(), raw: s.text, form: whole} }
