package filter

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"
	"testing"

	"pgregory.net/rapid"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

func TestLimits(t *testing.T) {
	repeat := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	nested := func(n int) string { return strings.Repeat("(", n) + "a" + strings.Repeat(")", n) }
	for _, c := range []struct {
		name          string
		within, above *loggerv1.LogFilter
		field         string
	}{
		{
			"bytes", &loggerv1.LogFilter{Query: "a" + strings.Repeat(" ", MaxBytes-1)},
			&loggerv1.LogFilter{Query: "a" + strings.Repeat(" ", MaxBytes)}, "query",
		},
		{
			"bytes in all",
			&loggerv1.LogFilter{Query: "a" + strings.Repeat(" ", MaxBytes-6), Contains: []string{"12345"}},
			&loggerv1.LogFilter{Query: "a" + strings.Repeat(" ", MaxBytes-6), Contains: []string{"123456"}}, "contains[0]",
		},
		{"depth", &loggerv1.LogFilter{Query: nested(MaxDepth)}, &loggerv1.LogFilter{Query: nested(MaxDepth + 1)}, "query"},
		{
			"depth of a list", &loggerv1.LogFilter{Query: strings.Repeat("(", MaxDepth-1) + "service=(a)" + strings.Repeat(")", MaxDepth-1)},
			&loggerv1.LogFilter{Query: strings.Repeat("(", MaxDepth) + "service=(a)" + strings.Repeat(")", MaxDepth)}, "query",
		},
		{"conditions", &loggerv1.LogFilter{Query: repeat(MaxConditions, "w%d ")}, &loggerv1.LogFilter{Query: repeat(MaxConditions+1, "w%d ")}, "query"},
		{
			"conditions in a list", &loggerv1.LogFilter{Query: "service=(a" + repeat(MaxConditions-1, " OR w%d") + ")"},
			&loggerv1.LogFilter{Query: "service=(a" + repeat(MaxConditions, " OR w%d") + ")"}, "query",
		},
		{
			"conditions in all",
			&loggerv1.LogFilter{Query: repeat(MaxConditions-1, "w%d "), Hosts: []string{"a"}},
			&loggerv1.LogFilter{Query: repeat(MaxConditions-1, "w%d "), Hosts: []string{"a", "b"}}, "hosts[1]",
		},
		{
			"regexes", &loggerv1.LogFilter{Query: repeat(MaxRegexes, "host=~w%d ")},
			&loggerv1.LogFilter{Query: repeat(MaxRegexes+1, "host=~w%d ")}, "query",
		},
		{
			"regexes in all", &loggerv1.LogFilter{Query: repeat(MaxRegexes-1, "host=~w%d "), Regex: "x"},
			&loggerv1.LogFilter{Query: repeat(MaxRegexes, "host!~w%d "), Regex: "x"}, "regex",
		},
		{
			"a literal", &loggerv1.LogFilter{Query: strings.Repeat("x", MaxLiteralBytes)},
			&loggerv1.LogFilter{Query: strings.Repeat("x", MaxLiteralBytes+1)}, "query",
		},
		{
			"a string", &loggerv1.LogFilter{Query: `service="` + strings.Repeat(`\"`, MaxLiteralBytes) + `"`},
			&loggerv1.LogFilter{Query: `service="` + strings.Repeat(`\"`, MaxLiteralBytes+1) + `"`}, "query",
		},
		{
			"a key", &loggerv1.LogFilter{Query: "attributes." + strings.Repeat("x", MaxLiteralBytes) + ":*"},
			&loggerv1.LogFilter{Query: "attributes." + strings.Repeat("x", MaxLiteralBytes+1) + ":*"}, "query",
		},
		{
			"a structured text", &loggerv1.LogFilter{Excludes: []string{strings.Repeat("x", MaxLiteralBytes)}},
			&loggerv1.LogFilter{Excludes: []string{strings.Repeat("x", MaxLiteralBytes+1)}}, "excludes[0]",
		},
		{"a program", &loggerv1.LogFilter{Regex: "(?:ab){499}"}, &loggerv1.LogFilter{Regex: "(?:ab){500}"}, "regex"},
		{
			"programs in all", &loggerv1.LogFilter{Query: "host=~'(?:ab){200}'", Regex: "(?:ab){200}"},
			&loggerv1.LogFilter{Query: "host=~'(?:ab){300}'", Regex: "(?:ab){200}"}, "regex",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Compile(c.within); err != nil {
				t.Errorf("within the limit: %v", err)
			}
			if e := mistake(t, c.above); e.Field != c.field || e.Hint == "" {
				t.Errorf("above the limit: %v, want an error of field %s with a hint", e, c.field)
			}
		})
	}
}

// Limits other than the default are those that hold, and the error names the one that a
// filter is above.
func TestLimitsThatAreSet(t *testing.T) {
	for _, c := range []struct {
		limits        Limits
		within, above string
		limit         string
	}{
		{Limits{Bytes: 5}, "abcde", "abcdef", LimitBytes},
		{Limits{Depth: 2}, "((a))", "(((a)))", LimitDepth},
		{Limits{Conditions: 2}, "a b", "a b c", LimitConditions},
		{Limits{Regexes: 1}, "host=~a+", "host=~a+ host=~b+", LimitRegexes},
		{Limits{Instructions: 20}, "host=~a+", "host=~'[ab]{20}c'", LimitInstructions},
		{Limits{Instructions: 2000}, "host=~'[ab]{1000}c'", "host=~'[ab]{1000}[cd]{1000}e'", LimitInstructions},
	} {
		if _, err := c.limits.Compile(&loggerv1.LogFilter{Query: c.within}); err != nil {
			t.Errorf("%+v: %q: %v", c.limits, c.within, err)
		}
		_, err := c.limits.Compile(&loggerv1.LogFilter{Query: c.above})
		if e, ok := errors.AsType[*Error](err); !ok || e.Limit != c.limit {
			t.Errorf("%+v: %q: %v, want it above %s", c.limits, c.above, err, c.limit)
		}
	}
}

// The estimate is what keeps a large program from being made: it must never be below
// the real size.
func TestProgramSizeIsAnUpperBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		source := drawRegex(t, 3)
		tree, err := syntax.Parse(source, syntax.Perl)
		if err != nil {
			t.Skip("not a regular expression that Go takes")
		}
		estimate := programSize(tree)
		if estimate > MostInstructions {
			t.Skip("refused")
		}
		program, err := syntax.Compile(tree.Simplify())
		if err != nil {
			t.Fatalf("Compile(%q): %v", source, err)
		}
		if len(program.Inst) > estimate {
			t.Fatalf("%q has %d instructions, the estimate is %d", source, len(program.Inst), estimate)
		}
	})
}

// drawRegex draws a regular expression with groups nested up to this depth.
func drawRegex(t *rapid.T, depth int) string {
	atom := rapid.SampledFrom([]string{"a", "b", "ab", "foo", "K", "ſ", ".", `\d`, `\b`, "[a-c]", "[^x]", "^", "$", "", `\.`, "日", "(?i)timeout", `\pL`})
	if depth == 0 {
		return atom.Draw(t, "atom")
	}
	var b strings.Builder
	for range rapid.IntRange(1, 3).Draw(t, "parts") {
		part := atom.Draw(t, "part")
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			part = "(" + drawRegex(t, depth-1) + ")"
		case 1:
			part = "(?:" + drawRegex(t, depth-1) + "|" + drawRegex(t, depth-1) + ")"
		}
		b.WriteString(part)
		if strings.HasSuffix(part, ")") {
			b.WriteString(rapid.SampledFrom([]string{"", "*", "+", "?", "{2}", "{0,3}", "{3,}", "{2,5}", "{0}", "*?", "{7,9}?"}).Draw(t, "repeat"))
		}
	}
	return b.String()
}

func TestHugeInputIsRefusedBeforeItIsParsed(t *testing.T) {
	// Were it parsed, the recursion would need gigabytes.
	for _, query := range []string{strings.Repeat("(", 1<<26), strings.Repeat("-(", 1<<20)} {
		if e := mistake(t, &loggerv1.LogFilter{Query: query}); !strings.Contains(e.Message, "too long") {
			t.Errorf("%v, want too long", e)
		}
	}
}

// newBudget returns the budget of a filter within the default limits.
func newBudget() *budget { return &budget{Limits: Limits{}.withDefaults()} }
