package filter

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// mistake returns the error of a filter that must be wrong.
func mistake(t *testing.T, f *loggerv1.LogFilter) *Error {
	t.Helper()
	m, err := Compile(f)
	var mistake *Error
	if !errors.As(err, &mistake) {
		t.Fatalf("Compile(%v) = %v, %v; want an *Error", f, m, err)
	}
	return mistake
}

// The place of each mistake is marked with ‹ and ›. The message and the hint must
// contain the words given.
func TestMistakes(t *testing.T) {
	for _, c := range []struct{ marked, message, hint string }{
		// Operators of other languages.
		{"a ‹&&› b", `"&&" is not an operator`, "write AND"},
		{"a‹&&›b", `"&&" is not an operator`, "in quotes"},
		{"a ‹||› b", `"||" is not an operator`, "write OR"},
		{"service=a‹||›b", `"||" is not an operator`, "write OR"},
		{"service‹==›a", `"==" is not an operator`, "write ="},
		{"service ‹==› a", `"==" is not an operator`, "write ="},
		{"‹!›a", `"!" is not an operator`, "NOT"},
		{"‹!›(a)", `"!" is not an operator`, "NOT"},
		// Fields.
		{"‹status›=5", `unknown field "status"`, "did you mean attributes.status?"},
		{"x AND ‹level›=error", `unknown field "level"`, "did you mean severity?"},
		{"‹Severity›>=ERROR", `unknown field "Severity"`, "did you mean severity?"},
		{"‹sevrity›>=ERROR", `unknown field "sevrity"`, "did you mean severity?"},
		{"‹servcie›=api", `unknown field "servcie"`, "did you mean service?"},
		{"‹hostname›=a", `unknown field "hostname"`, "did you mean host?"},
		{"‹msg›:a", `unknown field "msg"`, "did you mean message?"},
		{"‹traceId›=a", `unknown field "traceId"`, "did you mean trace_id?"},
		{"‹@timestamp›>5", `unknown field "@timestamp"`, "did you mean timestamp?"},
		{"‹labels.env›=a", `unknown field "labels.env"`, "did you mean attributes.env?"},
		{"‹http›://x/y", `unknown field "http"`, `put it in quotes: "http://x/y"`},
		{"at ‹12›:30:05", `unknown field "12"`, `put it in quotes: "12:30:05"`},
		{"‹=›5", "no field before =", "FIELD=VALUE"},
		{"attributes.=‹5›", "the attribute has no name", "attributes.NAME"},
		{`‹attributes."a b"›`, "no operator", "attributes.NAME=VALUE"},
		{`attributes:‹""›`, "no name", "attributes:NAME"},
		{"attributes=‹5›", "cannot be compared", "attributes.NAME=VALUE"},
		{"attributes:‹ab*›", "* has no meaning", "whole name"},
		// Values.
		{"service‹=›", "no value behind =", "write a word"},
		{"service‹>=›  ", "no value behind >=", "write a word"},
		{"service‹=› AND b", "no value behind =", `"AND"`},
		{"service‹=›)", "no value behind =", "write a word"},
		{"service‹=›()", "no value behind =", "write a word"},
		{"service=‹a\"b\"›", "no space between", "in quotes"},
		{"‹don't›", "no space between", "in quotes"},
		{"‹a,b›", "no space between", "in quotes"},
		{`‹"a"b›`, "no space between", "in quotes"},
		{"severity=‹LOUD›", `"LOUD" is not a severity`, "TRACE, DEBUG"},
		{"severity>=‹0›", `"0" is not a severity`, "1 to 24"},
		{"severity>=‹25›", `"25" is not a severity`, "1 to 24"},
		{"severity=‹ERR*›", `"ERR*" is not a severity`, "TRACE"},
		{"severity>‹*›", `"*" is not a severity`, "TRACE"},
		{"severity=~‹ERR›", "regular expression", "compare it with ="},
		{"service>‹5›", "service has no order", "use ="},
		{"attributes.n>‹abc›", `"abc" is not a number`, "decimal number"},
		{"attributes.n>‹NaN›", `"NaN" is not a number`, "decimal number"},
		{"attributes.n>‹0x10›", `"0x10" is not a number`, "decimal number"},
		{"attributes.n>‹20s›", `"20s" is not a number`, "decimal number"},
		{"attributes.n>‹1e999›", `"1e999" is not a number`, "decimal number"},
		{"timestamp>‹yesterday›", `"yesterday" is not a time`, "2026-11-21T13:45:00Z"},
		{"timestamp>‹2026-11-21›", `"2026-11-21" is not a time`, "2026-11-21T13:45:00Z"},
		{"timestamp>‹1500-01-01T00:00:00Z›", "out of range", "1678 to 2262"},
		{"timestamp:‹2026›", "cannot be searched", "compare it with ="},
		{"‹fail*›", "* has no meaning", "leave the * out"},
		{"service:‹api*›", "* has no meaning", `service="api*"`},
		{"service=‹*›way", "only at the end", `service=~"REGEX"`},
		{"service=a‹*›b*", "only at the end", "in quotes"},
		// Strings.
		{`‹"abc›`, "has no end", `close it with "`},
		{`a ‹'abc›`, "has no end", "close it with '"},
		{`service=‹"abc\"›`, "has no end", `\\"`},
		// Parentheses and lists.
		{"‹(›a", "not closed", "write )"},
		{"a ‹(›b", "not closed", "write )"},
		{"‹(›a (b)", "not closed", ""},
		{"‹(›", "not closed", ""},
		{"a‹)›", "closes nothing", "leave it out"},
		{"‹)›", "closes nothing", "leave it out"},
		{"‹()›", "nothing between", "write a condition"},
		{"service=‹(›a", "not closed", "write )"},
		{"service=(a ‹b›)", "joined by OR", "service=(api OR web)"},
		{"service=(a ‹AND› b)", "joined by OR", ""},
		{"service=(a ‹or› b)", "joined by OR", ""},
		// AND, OR and NOT without what they join.
		{"a ‹AND›", "nothing follows AND", "in quotes"},
		{"a ‹OR› ", "nothing follows OR", "in quotes"},
		{"(a ‹OR›)", "nothing follows OR", "in quotes"},
		{"‹NOT›", "nothing follows NOT", "in quotes"},
		{"‹AND› a", "AND stands where", "in quotes"},
		{"a OR ‹OR› b", "OR stands where", "in quotes"},
		{"a AND ‹OR› b", "OR stands where", "in quotes"},
		{"‹-› a", "must touch", "-word"},
		{"a ‹-›", "must touch", "-word"},
		{"‹--›help", "two negations", `"--help"`},
		{"‹NOT -›a", "two negations", "negate once"},
		{"‹NOT N›OT a", "two negations", "negate once"},
		{"a ‹,› b", "no meaning here", "in quotes"},
		// Functions.
		{"‹foo›(a)", `unknown function "foo"`, "regex and matches"},
		{`regex(‹host›, "a")`, "must be message", `FIELD=~"..."`},
		{"regex(‹message›)", "two arguments", ""},
		{"regex(‹message, a›)", "in quotes", ""},
		{`regex‹(›message, "a"`, "not closed", ""},
		// Regular expressions, with the place inside them.
		{`message=~"‹a(b›"`, "missing closing )", `\(`},
		{`message=~"(a*)(‹*›)"`, "missing argument to repetition", `\*`},
		{`message=~"\"\\d[‹z-a›]"`, "invalid character class range", "RE2"},
		{`message=~"a\n‹\y›"`, "invalid escape sequence", `\\`},
		{`message=~"x‹(?=›a)"`, "Perl", "look-ahead"},
		{`message=~‹"(?:\d\d\d){900}"›`, "too large", "repeat less"},
	} {
		begin := strings.Index(c.marked, "‹")
		rest := strings.Replace(c.marked, "‹", "", 1)
		end := strings.Index(rest, "›")
		query := strings.Replace(rest, "›", "", 1)
		e := mistake(t, &loggerv1.LogFilter{Query: query})
		if e.Begin != begin || e.End != end {
			t.Errorf("%s: place %d to %d (%q), want %d to %d; %v", c.marked, e.Begin, e.End, query[e.Begin:e.End], begin, end, e)
		}
		if e.Field != "query" || !strings.Contains(e.Message, c.message) || !strings.Contains(e.Hint, c.hint) {
			t.Errorf("%s: %v; want the message %q and the hint %q", c.marked, e, c.message, c.hint)
		}
	}
}

func TestMistakesInStructuredFields(t *testing.T) {
	for _, c := range []struct {
		filter         *loggerv1.LogFilter
		field, message string
		begin, end     int
	}{
		{&loggerv1.LogFilter{Regex: "a(b"}, "regex", "missing closing )", 0, 3},
		{&loggerv1.LogFilter{Regex: `\d[z-a]`}, "regex", "invalid character class range", 3, 6},
		{&loggerv1.LogFilter{Services: []string{"a", ""}}, "services[1]", "the text is empty", 0, 0},
		{&loggerv1.LogFilter{Hosts: []string{""}}, "hosts[0]", "the text is empty", 0, 0},
		{&loggerv1.LogFilter{Contains: []string{""}}, "contains[0]", "the text is empty", 0, 0},
		{&loggerv1.LogFilter{Excludes: []string{"a", ""}}, "excludes[1]", "the text is empty", 0, 0},
		{&loggerv1.LogFilter{MinSeverity: 9}, "min_severity", "min_severity 9 is unknown", 0, 1},
		{&loggerv1.LogFilter{Attributes: map[string]string{"": "x"}}, "attributes.key", "the attribute has no name", 0, 0},
		{&loggerv1.LogFilter{Attributes: map[string]string{"k\xff": "x"}}, "attributes.key", "not valid UTF-8", 1, 2},
		{&loggerv1.LogFilter{Attributes: map[string]string{"k": "x\xff"}}, `attributes["k"]`, "not valid UTF-8", 1, 2},
		{&loggerv1.LogFilter{Contains: []string{"ok", "a\xff"}}, "contains[1]", "not valid UTF-8", 1, 2},
		{&loggerv1.LogFilter{Query: "a\xffb"}, "query", "not valid UTF-8", 1, 2},
	} {
		e := mistake(t, c.filter)
		got := Error{Field: e.Field, Begin: e.Begin, End: e.End}
		if diff := cmp.Diff(Error{Field: c.field, Begin: c.begin, End: c.end}, got); diff != "" || !strings.Contains(e.Message, c.message) {
			t.Errorf("%v: %v, want %q\n%s", c.filter, e, c.message, diff)
		}
	}
}

func TestErrorSaysLineAndColumn(t *testing.T) {
	e := mistake(t, &loggerv1.LogFilter{Query: "日本 AND\né AND status=5"})
	if e.Line != 2 || e.Column != 7 {
		t.Errorf("line %d, column %d; want 2 and 7: columns count characters", e.Line, e.Column)
	}
	if e := mistake(t, &loggerv1.LogFilter{Query: "a\n\n  b)"}); e.Line != 3 || e.Column != 4 {
		t.Errorf("line %d, column %d; want 3 and 4", e.Line, e.Column)
	}
	const want = `query, line 2, column 7: unknown field "status" (did you mean attributes.status?)`
	if e.Error() != want {
		t.Errorf("Error() = %s, want %s", e, want)
	}
	e = mistake(t, &loggerv1.LogFilter{Query: "日本 status=5"})
	const oneLine = `query, column 4: unknown field "status" (did you mean attributes.status?)`
	if e.Error() != oneLine {
		t.Errorf("Error() = %s, want %s", e, oneLine)
	}
}

// What a message repeats of a filter is cut, and cannot drive a terminal.
func TestErrorRepeatsLittle(t *testing.T) {
	const longest = 400
	for _, query := range []string{
		strings.Repeat("x", 500) + "=5",
		"severity=" + strings.Repeat("x", 500),
		"timestamp>" + strings.Repeat("日", 160),
		strings.Repeat("x", 500) + "(a)",
		"a" + strings.Repeat("\x1b[2J", 120) + "=5",
		`message=~"` + strings.Repeat("(", 400) + `"`,
		strings.Repeat("x", 3000) + "," + strings.Repeat("x", 500),
		"http:" + strings.Repeat("x", 500),
	} {
		text := mistake(t, &loggerv1.LogFilter{Query: query}).Error()
		if len(text) > longest || strings.ContainsRune(text, '\x1b') {
			t.Errorf("%.20q…: the error has %d bytes, want at most %d, and no control characters: %q", query, len(text), longest, text)
		}
	}
}
