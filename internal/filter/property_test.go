package filter

import (
	"testing"

	"pgregory.net/rapid"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// roomy are limits that no canonical text exceeds: such a text may be longer and deeper
// than what it was made of.
var roomy = Limits{Bytes: 1 << 20, Depth: 1 << 10, Conditions: 1 << 12, Regexes: 1 << 10, Instructions: 1 << 20}

// parseRoomy returns the tree of a query, as it was written.
func parseRoomy(t interface{ Fatalf(string, ...any) }, query string) expr {
	x, err := parse(source{"query", query}, &budget{Limits: roomy})
	if err != nil {
		t.Fatalf("parse(%q): %v", query, err)
	}
	return x
}

// Whatever is written, however it is written, means what the model says; so do the
// normal form and the canonical text, which is that of itself.
func TestMatcherIsTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t, 3)
		query := m.render(t, false)
		written := parseRoomy(t, query)
		matcher := newMatcher(written)
		canonical := newMatcher(parseRoomy(t, matcher.Canonical()))
		if canonical.Canonical() != matcher.Canonical() {
			t.Fatalf("%s\ncanonical            %s\ncanonical of that    %s", query, matcher.Canonical(), canonical.Canonical())
		}
		for range 8 {
			e := drawEntry(t)
			want := m.eval(e)
			if got := written.match(e); got != want {
				t.Fatalf("%s\nselects %+v: %v as written, the model says %v", query, e, got, want)
			}
			if got := matcher.Match(e); got != want {
				t.Fatalf("%s\nselects %+v: %v, the model says %v; canonical %s", query, e, got, want, matcher.Canonical())
			}
			if got := canonical.Match(e); got != want {
				t.Fatalf("%s\nselects %+v: %v by its canonical text %s, the model says %v", query, e, got, matcher.Canonical(), want)
			}
		}
	})
}

// The order, grouping and repetition of conditions do not show in the canonical text.
func TestCanonicalForgetsHowItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := []model{drawModel(t, 2), drawModel(t, 2), drawModel(t, 1)}
		one := modelAll{parts[0], parts[1], parts[2]}.render(t, false)
		other := modelAll{parts[2], modelAll{parts[1], parts[0]}, parts[2]}.render(t, false)
		third := modelNot{modelAny{modelNot{parts[1]}, modelNot{modelAll{parts[2], parts[0]}}}}.render(t, false)
		want := newMatcher(parseRoomy(t, one)).Canonical()
		for _, query := range []string{other, third} {
			if got := newMatcher(parseRoomy(t, query)).Canonical(); got != want {
				t.Fatalf("canonical of\n%s\nis %s, of\n%s\nis %s", one, want, query, got)
			}
		}
	})
}

func TestAnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawModel(t, 2), drawModel(t, 2)
		ma, mb := newMatcher(parseRoomy(t, a.render(t, false))), newMatcher(parseRoomy(t, b.render(t, false)))
		both := And(ma, mb)
		if other := And(mb, ma); other.Canonical() != both.Canonical() {
			t.Fatalf("canonical %s, the other way round %s", both.Canonical(), other.Canonical())
		}
		canonical := newMatcher(parseRoomy(t, both.Canonical()))
		for range 4 {
			e := drawEntry(t)
			want := a.eval(e) && b.eval(e)
			if both.Match(e) != want || canonical.Match(e) != want {
				t.Fatalf("%s AND %s selects %+v: %v, by its canonical text %v, want %v", ma.Canonical(), mb.Canonical(), e, both.Match(e), canonical.Match(e), want)
			}
		}
	})
}

func TestAndOfNothing(t *testing.T) {
	e, a := &entry.Entry{}, mustParse(t, "service=a")
	if got := And(nil, nil); !got.Match(e) || got.Canonical() != "" {
		t.Error("And(nil, nil) does not select everything")
	}
	if And(a, nil) != a || And(nil, a) != a {
		t.Error("And with nil is not the other matcher")
	}
	if got := And(mustParse(t, ""), a); got.Canonical() != "service=a" || got.Match(e) {
		t.Errorf("And with everything is %s", got.Canonical())
	}
}

// countingPredicate selects what its answer says, and counts how often it is asked.
type countingPredicate struct {
	answer bool
	asked  *int
}

func (p countingPredicate) match(*entry.Entry) bool { *p.asked++; return p.answer }

func (p countingPredicate) cost() Cost { return costSeverity }

func (p countingPredicate) requirements() []Requirement { return nil }

func (p countingPredicate) appendText(b []byte) []byte { return append(b, "service:counted"...) }

func TestAndEvaluatesTheFirstFirst(t *testing.T) {
	asked := 0
	scope := mustParse(t, `message=~"scope"`) // much dearer than what follows
	filter := newMatcher(leaf(countingPredicate{true, &asked}))
	both := And(scope, filter)
	if both.Match(&entry.Entry{Message: "out of reach"}) || asked != 0 {
		t.Errorf("the second was asked %d times about an entry outside of the first, which must not match", asked)
	}
	if !both.Match(&entry.Entry{Message: "in scope"}) || asked != 1 {
		t.Errorf("the second was asked %d times about an entry of the first, want once", asked)
	}
}

func TestCheapConditionsComeFirst(t *testing.T) {
	const query = `message=~"x+" word attributes.n>5 attributes.a=b service=s* host=h timestamp>2026-11-21T13:45:00Z severity>=INFO`
	const want = `severity>=INFO AND timestamp>2026-11-21T13:45:00Z AND host=h AND service=s* AND attributes.a=b AND attributes.n>5 AND word AND message=~"x+"`
	if got := mustParse(t, query).Canonical(); got != want {
		t.Errorf("canonical, which is the order of evaluation:\n%s, want\n%s", got, want)
	}
}

// Structured fields mean what the same conditions of a query mean.
func TestStructuredFieldsAreTheQuery(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := func(label string) []string {
			return rapid.SliceOfN(rapid.SampledFrom(textPool), 0, 3).Draw(t, label)
		}
		f := &loggerv1.LogFilter{
			MinSeverity: loggerv1.Severity(rapid.Int32Range(0, 6).Draw(t, "min_severity")),
			Services:    texts("services"), Contains: texts("contains"), Excludes: texts("excludes"),
			Attributes: rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "odd key"}), rapid.SampledFrom(textPool), 0, 2).Draw(t, "attributes"),
			Regex:      rapid.SampledFrom(regexPool).Draw(t, "regex"),
		}
		matcher, err := Compile(f)
		if err != nil {
			t.Fatalf("Compile(%v): %v", f, err)
		}
		var m modelAll
		if g := f.GetMinSeverity(); g != 0 {
			m = append(m, modelCondition{field: "severity", op: ">=", text: g.String()})
		}
		var services modelAny
		for _, text := range f.GetServices() {
			services = append(services, structuredEqual("service", text))
		}
		if services != nil {
			m = append(m, services)
		}
		for _, text := range f.GetContains() {
			m = append(m, modelCondition{field: "message", op: ":", text: text})
		}
		for _, text := range f.GetExcludes() {
			m = append(m, modelNot{modelCondition{field: "message", op: ":", text: text}})
		}
		for key, text := range f.GetAttributes() {
			m = append(m, structuredEqual("attributes."+key, text))
		}
		if f.GetRegex() != "" {
			m = append(m, modelCondition{field: "message", op: "=~", text: f.GetRegex()})
		}
		for range 8 {
			if e := drawEntry(t); matcher.Match(e) != m.eval(e) {
				t.Fatalf("%v selects %+v: %v, the model says %v", f, e, matcher.Match(e), m.eval(e))
			}
		}
	})
}

// structuredEqual is the condition that an item of a structured field stands for.
func structuredEqual(field, text string) modelCondition {
	if text == `\*` {
		return modelCondition{field: field, op: "=", text: "*"}
	}
	if n := len(text) - 1; text[n] == '*' {
		return modelCondition{field: field, op: "=", text: text[:n], star: true}
	}
	return modelCondition{field: field, op: "=", text: text}
}
