package filter

import (
	"math/bits"
	"strconv"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// severitySet is a predicate: the entry's severity is one of a set, one bit a severity
// number. Bit 0 stands for an unknown severity; no comparison sets it, only a negation
// does. As a set it has all of logic: any tree of severities alone is one severitySet.
type severitySet uint32

const (
	// everySeverity holds for every entry, knownSeverity for those that have one.
	everySeverity severitySet = 1<<(entry.MaxSeverity+1) - 1
	knownSeverity             = everySeverity &^ 1
)

var _ predicate = severitySet(0)

func (s severitySet) match(e *entry.Entry) bool { return s>>e.Severity&1 != 0 }

func (s severitySet) cost() Cost { return costSeverity }

// requirements are told by [Node.Severities].
func (s severitySet) requirements() []Requirement { return nil }

// severitiesBetween is the set of the severities from lo to hi.
func severitiesBetween(lo, hi entry.Severity) severitySet {
	return (1<<(hi+1) - 1) &^ (1<<lo - 1) & knownSeverity
}

// compileSeverity makes the predicate of a comparison of the severity.
func compileSeverity(op operator, v value) (predicate, error) {
	if op == opMatch || op == opNotMatch {
		return nil, v.fail("compare it with =, !=, <, <=, > or >=", "severity cannot be matched by a regular expression")
	}
	text, star := v.pattern()
	if star && text == "" && (op == opEqual || op == opHas) {
		return knownSeverity, nil
	}
	lo, hi, ok := parseSeverity(text)
	if !ok || star {
		return nil, v.fail("write TRACE, DEBUG, INFO, WARN, ERROR, FATAL or a number from 1 to 24", "%s is not a severity", echo(v.raw))
	}
	return compareSeverity(op, lo, hi), nil
}

// compareSeverity returns the severities that stand in this relation to those from lo
// to hi.
func compareSeverity(op operator, lo, hi entry.Severity) severitySet {
	switch op {
	case opNotEqual:
		return knownSeverity &^ severitiesBetween(lo, hi)
	case opLess:
		return severitiesBetween(1, lo-1)
	case opLessEqual:
		return severitiesBetween(1, hi)
	case opGreater:
		return severitiesBetween(hi+1, entry.MaxSeverity)
	case opGreaterEqual:
		return severitiesBetween(lo, entry.MaxSeverity)
	case opEqual, opHas, opMatch, opNotMatch:
	}
	return severitiesBetween(lo, hi)
}

// parseSeverity returns the severities that a text means: all four of a group by its
// name, one by its number, and one by any other name that ingest knows, the one that
// ingest gives it. So severity=CRITICAL finds what was logged as critical.
func parseSeverity(text string) (lo, hi entry.Severity, ok bool) {
	if n, err := strconv.ParseUint(text, 10, 8); err == nil {
		s := entry.Severity(n)
		return s, s, s >= 1 && s <= entry.MaxSeverity
	}
	s, ok := entry.ParseSeverity(text)
	if ok && s == firstOfGroup(s) {
		return s, lastOfGroup(s), true
	}
	return s, s, ok
}

// appendText appends the shortest restriction that gives this set: one comparison if
// there is one, else a list of groups and numbers.
func (s severitySet) appendText(b []byte) []byte {
	if s&1 != 0 {
		return (everySeverity &^ s).appendText(append(b, '-'))
	}
	b = append(b, "severity"...)
	lo, hi, others := s.lowest(), s.highest(), knownSeverity&^s
	switch {
	case s == 0:
		return append(b, "<TRACE"...)
	case others == 0:
		return append(b, ":*"...)
	case s.isValue():
		return appendSeverity(append(b, '='), lo, s != 1<<lo)
	case others.isValue():
		return appendSeverity(append(b, "!="...), others.lowest(), others != 1<<others.lowest())
	case s == severitiesBetween(lo, entry.MaxSeverity):
		return appendSeverity(append(b, ">="...), lo, lo == firstOfGroup(lo))
	case s == severitiesBetween(1, hi):
		return appendSeverity(append(b, "<="...), hi, hi == lastOfGroup(hi))
	}
	return s.appendList(append(b, '='))
}

// appendList appends the set as a list of whole groups and single numbers.
func (s severitySet) appendList(b []byte) []byte {
	separator := "("
	for s != 0 {
		n := s.lowest()
		group := severitiesBetween(n, lastOfGroup(n))
		whole := n == firstOfGroup(n) && s&group == group
		b = appendSeverity(append(b, separator...), n, whole)
		separator = " OR "
		if s &^= 1 << n; whole {
			s &^= group
		}
	}
	return append(b, ')')
}

// isValue tells whether one value means this set: a number, or the name of a group.
func (s severitySet) isValue() bool {
	n := s.lowest()
	return s == 1<<n || s == severitiesBetween(firstOfGroup(n), lastOfGroup(n))
}

func (s severitySet) lowest() entry.Severity {
	return entry.Severity(bits.TrailingZeros32(uint32(s))) //nolint:gosec // G115: at most 32.
}

func (s severitySet) highest() entry.Severity {
	return entry.Severity(bits.Len32(uint32(s)) - 1) //nolint:gosec // G115: at most 31.
}

func firstOfGroup(s entry.Severity) entry.Severity { return entry.SeverityOfGroup(s.Group()) }

func lastOfGroup(s entry.Severity) entry.Severity { return firstOfGroup(s) + 3 }

// appendSeverity appends a severity by its number, or its group by name.
func appendSeverity(b []byte, s entry.Severity, group bool) []byte {
	if group {
		return append(b, s.String()...)
	}
	return strconv.AppendUint(b, uint64(s), 10)
}
