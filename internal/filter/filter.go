package filter

import (
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// Matcher decides which entries a filter selects. It is immutable and safe for
// concurrent use. The zero value, as the filter of no conditions, selects everything.
type Matcher struct {
	// tree is in normal form.
	tree expr
	// steps must all match, in this order. One is the tree itself; And makes several.
	steps     []expr
	canonical string
}

// Compile parses, checks and compiles a filter: its query, and ANDed with it the
// structured fields min_severity, services, hosts, attributes, contains, excludes and
// regex. A nil filter selects everything. Where to begin, the rate and the overload
// policy are not looked at.
//
// The error is always an [*Error]. Of several mistakes it is one.
func (l Limits) Compile(f *loggerv1.LogFilter) (*Matcher, error) {
	l = l.withDefaults()
	if err := checkTexts(f, l.Bytes); err != nil {
		return nil, err
	}
	b := &budget{Limits: l}
	query, err := parse(source{"query", f.GetQuery()}, b)
	if err != nil {
		return nil, err
	}
	parts, err := structured(f, b, []expr{query})
	if err != nil {
		return nil, err
	}
	return newMatcher(all(parts...)), nil
}

// Compile is Compile of the default limits.
func Compile(f *loggerv1.LogFilter) (*Matcher, error) { return Limits{}.Compile(f) }

// Parse compiles a query alone, within the default limits. The error is always an [*Error], of field "query".
func Parse(query string) (*Matcher, error) {
	return Compile(&loggerv1.LogFilter{Query: query})
}

// And returns the matcher that selects what both select. The first is evaluated first,
// and the second only for what the first selects: an entry outside somebody's scope is
// not shown to a regular expression of theirs. nil selects everything.
func And(a, b *Matcher) *Matcher {
	switch {
	case a == nil && b == nil:
		return &Matcher{}
	case a == nil:
		return b
	case b == nil:
		return a
	}
	m := newMatcher(all(a.tree, b.tree))
	m.steps = append(append(make([]expr, 0, len(a.steps)+len(b.steps)), a.steps...), b.steps...)
	return m
}

func newMatcher(x expr) *Matcher {
	m := &Matcher{tree: normal(x)}
	if !m.tree.isEverything() {
		m.steps = []expr{m.tree}
		m.canonical = m.tree.text(false)
	}
	return m
}

// Match tells whether the filter selects this entry. It does not block and keeps
// nothing of the entry.
func (m *Matcher) Match(e *entry.Entry) bool {
	for i := range m.steps {
		if !m.steps[i].match(e) {
			return false
		}
	}
	return true
}

// Canonical returns the whole filter as one query, with all parentheses written, parts
// sorted and repetitions left out. Empty means everything.
//
// Parse(m.Canonical()) selects the same entries and has the same canonical text, as
// long as that text is within the limits itself: it may be a little longer, and nested
// more deeply, than what it was made of. Filters with the same canonical text select the
// same entries; those that differ may, too, since only the cheap laws of logic are used.
func (m *Matcher) Canonical() string { return m.canonical }

// Cost estimates what one Match costs at most.
func (m *Matcher) Cost() Cost {
	var sum Cost
	for i := range m.steps {
		sum += m.steps[i].cost()
	}
	return sum
}
