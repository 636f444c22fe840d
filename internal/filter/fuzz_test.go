package filter

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// FuzzParse checks that any text is either refused with an error that points into it,
// or compiled to a matcher with a canonical text that means the same.
func FuzzParse(f *testing.F) {
	for _, query := range []string{
		"", "a b OR c -d", `severity>=ERROR service=api-* attributes.user_id=42 -healthz`, `NOT (a OR "b c") AND -d`,
		`attributes."weird key"!=(x OR "y*" OR z\*)`, `message=~"a\d+(b|c)*$" message!~'\'x'`, "severity=(INFO OR 17)", "timestamp>2026-11-21T13:45:00Z",
		"attributes.n>-1.5e3", `regex(message, "(?i)x")`, "service:* attributes:* attributes:k", "a && b", "don't", "((", `"\`, "日本\u3000OR ſK", "x:\xff",
	} {
		f.Add(query)
	}
	e := typicalEntry()
	f.Fuzz(func(t *testing.T, query string) {
		m, err := Parse(query)
		if err != nil {
			checkErrorPlace(t, err, "query", query)
			return
		}
		again := newMatcher(parseRoomy(t, m.Canonical()))
		if again.Canonical() != m.Canonical() {
			t.Errorf("%q: canonical %q, of that %q", query, m.Canonical(), again.Canonical())
		}
		if again.Match(e) != m.Match(e) || again.Match(&entry.Entry{}) != m.Match(&entry.Entry{}) {
			t.Errorf("%q and its canonical text %q select differently", query, m.Canonical())
		}
	})
}

// FuzzStructured does the same with the structured fields, which take any text.
func FuzzStructured(f *testing.F) {
	f.Add("api-*", "k", "v*", `say "x"`, `\d+`, "message")
	f.Add(`\*`, `a"b`, `\`, "*", "(", "a\nb")
	f.Fuzz(func(t *testing.T, service, key, value, contained, expression, message string) {
		filter := &loggerv1.LogFilter{
			Services: []string{service}, Attributes: map[string]string{key: value},
			Contains: []string{contained}, Regex: expression,
		}
		m, err := Compile(filter)
		if err != nil {
			var mistake *Error
			if !errors.As(err, &mistake) {
				t.Fatalf("%v is a %T", err, err)
			}
			name, _, _ := strings.Cut(mistake.Field, "[")
			texts := map[string]string{"services": service, "contains": contained, "regex": expression, "attributes": value, "attributes.key": key}
			checkErrorPlace(t, err, mistake.Field, texts[name])
			return
		}
		e := &entry.Entry{Service: service, Message: message, Attributes: attributes(key, value)}
		again := newMatcher(parseRoomy(t, m.Canonical()))
		if again.Canonical() != m.Canonical() || again.Match(e) != m.Match(e) {
			t.Errorf("%v: canonical %q (%v), of that %q (%v)", filter, m.Canonical(), m.Match(e), again.Canonical(), again.Match(e))
		}
	})
}

// checkErrorPlace checks that an error is complete and points into the text.
func checkErrorPlace(t *testing.T, err error, field, text string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is a %T, want an *Error", err, err)
	}
	if e.Field != field || e.Message == "" || e.Line < 1 || e.Column < 1 {
		t.Errorf("%q: incomplete error %+v", text, e)
	}
	if e.Begin < 0 || e.End < e.Begin || e.End > len(text) {
		t.Fatalf("%q: place %d to %d is not inside of 0 to %d: %v", text, e.Begin, e.End, len(text), e)
	}
	if utf8.ValidString(text) && !utf8.ValidString(text[e.Begin:e.End]) {
		t.Errorf("%q: place %d to %d cuts a character: %v", text, e.Begin, e.End, e)
	}
}
