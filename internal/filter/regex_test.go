package filter

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

func TestRegex(t *testing.T) {
	e := &entry.Entry{
		Service: "api-7", Message: "GET /users/42 took 1.5s\nsecond line",
		Attributes: attributes("path", `C:\temp`, "empty", ""),
	}
	checkSelects(t, e, []selectCase{
		{`message=~"users/\d+"`, true}, // unanchored, one backslash
		{`message=~"^users"`, false},
		{`message=~"^GET"`, true},
		{`message=~"get"`, false},
		{`message=~"(?i)get"`, true},
		{`message=~'took [0-9.]+s'`, true},
		{`message=~"line$"`, true},
		{`message=~"s$"`, false},
		{`message=~"(?m)s$"`, true},
		{`message!~"users"`, false},
		{`message!~"orders"`, true},
		{"message=~users|orders", true},
		{"message=~(orders OR users)", true},
		{"message!~(orders OR users)", false},
		{"service=~^api-[0-9]$", true},
		{`attributes.path=~"^C:\\\\temp$"`, true},
		{`attributes.path=~"^C:\\.temp$"`, false}, // \\. is \. to the expression: a dot
		{`attributes.empty=~""`, true},
		{`attributes.empty=~"^$"`, true},
		{`attributes.missing=~""`, false},
		{`host=~""`, false},
		{`regex(message, "users/\d+")`, true},
		{`matches(message, "orders")`, false},
		{`message=~"1\.5s"`, true},
		{`message=~"took\n"`, false},
		{`message=~"1.5s\nsecond"`, true}, // \n is resolved; regexp would read it as well
	})
}

// What is required of a text before the expression is run on it never costs a match.
func TestRegexIsThatOfRegexp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		expression := drawRegex(t, 2)
		p, err := compileRegex(field{kind: MessageField}, source{"regex", expression}.value(), newBudget())
		if err != nil {
			t.Skip("refused")
		}
		re := regexp.MustCompile(expression)
		for range 8 {
			text := rapid.StringOfN(rapid.SampledFrom([]rune("abABfooK\u212asSſTtimeoutx 1日.")), 1, 20, -1).Draw(t, "text")
			text += rapid.SampledFrom([]string{"", "foo", "ab", "TIMEOUT", "\xff", "日"}).Draw(t, "ending")
			if got := p.match(&entry.Entry{Message: text}); got != re.MatchString(text) {
				t.Fatalf("%q on %q: %v, regexp says %v", expression, text, got, !got)
			}
		}
	})
}

func TestWhatARegexRequires(t *testing.T) {
	for _, c := range []struct {
		expression string
		// want has the sets, each joined by |, the longest first.
		want []string
		// runs tells whether the expression must be run where they are.
		runs bool
	}{
		{"timeout", []string{"timeout"}, false},
		{"time|timeout", []string{"time|timeout"}, false},
		{"", []string{""}, false},
		{"x?", []string{"x|"}, false},
		{"errors?: (?:disk|net)", []string{"errors: disk|errors: net|error: disk|error: net"}, false},
		{"(?i)TimeOut", []string{"timeout"}, false},
		{"gr[ae]y", []string{"gray|grey"}, false},
		{"(?i:time)out", []string{"time", "out"}, true},
		{"(?i:time) 5", []string{"time 5"}, false},
		{`\btimeout\b`, []string{"timeout"}, true},
		{"^timeout", []string{"timeout"}, true},
		{"a timeout.*b|b timeout", []string{"a timeout|b timeout"}, true},
		{`timeout \d+|\d+ ms`, []string{"timeout | ms"}, true},
		{`timeout \d+|\d+`, nil, true},
		{`\d+ timeouts? of \w+`, []string{" timeouts of | timeout of "}, true},
		{"(?:timeout)+", []string{"timeout"}, true},
		{"(timeout){2,}", []string{"timeout"}, true},
		{"(?:timeout){0,3}", nil, true},
		{"(?:timeout)*", nil, true},
		{"x.y", nil, true},
		{"short.*longer", []string{"longer", "short"}, true},
		{"(deadline) (?:exceeded)", []string{"deadline exceeded"}, false},
		{"[a-z]bc", []string{"bc"}, true},
		{"ab\uFFFD", nil, true},
		{"a[\uFFFD]bc", nil, true},
	} {
		p, err := compileRegex(field{kind: MessageField}, source{"regex", c.expression}.value(), newBudget())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, set := range p.required {
			got = append(got, strings.Join(set.texts, "|"))
		}
		if !slices.Equal(got, c.want) || (p.re != nil) != c.runs {
			t.Errorf("%q requires %q and is run: %v; want %q and %v", c.expression, got, p.re != nil, c.want, c.runs)
		}
	}
}

func TestRegexLooksInAnyCaseWhereItSaysSo(t *testing.T) {
	p, err := compileRegex(field{kind: MessageField}, source{"regex", "(?i)timeout after"}.value(), newBudget())
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{"TIMEOUT AFTER 5s": true, "a timeout after 5s": true, "timeout before": false} {
		if got := p.match(&entry.Entry{Message: text}); got != want {
			t.Errorf("(?i)timeout after on %q: %v, want %v", text, got, want)
		}
	}
}

// A regular expression sees the beginning of a text alone, and never half a character.
func TestRegexLooksAtTheBeginning(t *testing.T) {
	at := func(offset int, text string) string { return strings.Repeat("-", offset) + text }
	for _, c := range []struct {
		name, message, query string
		want                 bool
	}{
		{"last word inside", at(MaxRegexText-4, "word and more"), `message=~"w[o]+rd"`, true},
		{"first word outside", at(MaxRegexText-3, "word"), `message=~"w[o]+rd"`, false},
		{"plain text inside", at(MaxRegexText-4, "word and more"), `message=~word`, true},
		{"plain text outside", at(MaxRegexText-3, "word"), `message=~word`, false},
		{"its negation", at(MaxRegexText-3, "word"), `message!~word`, true},
		{"the end is that of what it sees", at(MaxRegexText-4, "word and more"), `message=~"word$"`, true},
		{"half a character is left out", at(MaxRegexText-1, "日"), `message=~"-$"`, true},
		{"others look at all of it", at(MaxRegexText+10, "word"), "word", true},
	} {
		if got := mustParse(t, c.query).Match(&entry.Entry{Message: c.message}); got != c.want {
			t.Errorf("%s: %s is %v, want %v", c.name, c.query, got, c.want)
		}
	}
}
