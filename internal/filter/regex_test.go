package filter

import (
	"regexp"
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
		p, err := compileRegex(field{kind: messageField}, source{"regex", expression}.value())
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

func TestRequiredText(t *testing.T) {
	for expression, want := range map[string]string{
		"timeout":                 "timeout",
		"a timeout|b timeout":     "",
		`\d+ timeouts? of \w+`:    " timeout",
		"(?:timeout)+":            "timeout",
		"(timeout){2,}":           "timeout",
		"(?:timeout){0,3}":        "",
		"(?:timeout)?":            "",
		"(?:timeout)*":            "",
		"x.y":                     "",
		"short.*longer":           "longer",
		"(deadline) (?:exceeded)": " exceeded",
		"ab\uFFFD":                "",
	} {
		m := mustParse(t, `message=~"`+expression+`"`)
		p, ok := m.tree.leaf.(*regex)
		if !ok {
			t.Fatalf("%q is not compiled to a regular expression", expression)
		}
		var got string
		if p.required != nil {
			got = p.required.anchors[0]
		}
		if got != want {
			t.Errorf("%q requires %q, want %q", expression, got, want)
		}
	}
	// In any case, where the expression is.
	p, err := compileRegex(field{kind: messageField}, source{"regex", "(?i)timeout after"}.value())
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{"TIMEOUT AFTER 5s": true, "a timeout after 5s": true, "timeout before": false} {
		if got := p.match(&entry.Entry{Message: text}); got != want {
			t.Errorf("(?i)timeout after on %q: %v, want %v", text, got, want)
		}
	}
}
