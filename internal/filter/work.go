package filter

import (
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// Work is what running regular expressions takes at worst: the instructions of their
// programs times the bytes of the texts, workTime each. What people write takes a twentieth
// of that, since few of the instructions are alive at a time, but of an expression that is
// not known before it has run.
//
// Everything else that a filter asks takes a time that its length and the entry's bound, of
// microseconds.
type Work int

// workTime is what one Work takes on the slower machines that it was measured on.
const workTime = 7 * time.Nanosecond

// Allowance is how much work may still be done; nil is no limit. An expression that may take
// more than is left is not run. One that has run is taken off by the time that it took.
// An Allowance is not safe for concurrent use.
type Allowance struct {
	// Left is what is left of it.
	Left Work
}

// MatchWithin is Match with no more work than is allowed. Where that is not enough, it is
// not sure, and the filter may select the entry; where may is false, it surely does not.
func (m *Matcher) MatchWithin(e *entry.Entry, a *Allowance) (may, sure bool) {
	sure = true
	for i := range m.steps {
		if !m.steps[i].matchWithin(e, a, &sure) {
			return false, true
		}
	}
	return true, sure
}

// matchWithin is match with every predicate taken to be as the expression needs it, of which
// nothing surer can be said: so what is false is surely so. It is the like of match, and both
// must stay so.
func (x *expr) matchWithin(e *entry.Entry, a *Allowance, sure *bool) bool {
	switch x.kind {
	case leafOf:
		holds, _, known := Predicate{x.leaf}.JudgeWithin(e, a)
		if !known {
			*sure = false
			return true
		}
		return holds != x.not
	case allOf: // In the normal form, negations stand on leaves alone.
		for i := range x.parts {
			if !x.parts[i].matchWithin(e, a, sure) {
				return false
			}
		}
		return true
	case anyOf:
		for i := range x.parts {
			if x.parts[i].matchWithin(e, a, sure) {
				return true
			}
		}
	}
	return false
}

// JudgeWithin tells whether the predicate is true of an entry, exactly as [Matcher.Match]
// finds it, with no more work than is allowed; known is whether that was enough.
func (p Predicate) JudgeWithin(e *entry.Entry, a *Allowance) (holds bool, work Work, known bool) {
	re, ok := p.p.(*regex)
	if !ok {
		return p.p.match(e), 0, true
	}
	text, possible := re.candidate(e)
	if !possible || re.re == nil {
		return possible, 0, true
	}
	work = Work(re.instructions) * Work(len(text))
	if a == nil {
		return re.re.MatchString(text), work, true
	}
	if work > a.Left {
		return false, 0, false
	}
	begun := time.Now()
	holds = re.re.MatchString(text)
	a.Left -= min(work, 1+Work(time.Since(begun)/workTime))
	return holds, work, true
}
