package filter

import (
	"strings"
	"testing"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// markedMistake is a wrong query, where ‹ and › mark the place of the mistake, and words
// that its message and its hint must have.
type markedMistake struct{ query, message, hint string }

func checkMistakes(t *testing.T, cases []markedMistake) {
	t.Helper()
	for _, c := range cases {
		before, rest, _ := strings.Cut(c.query, "‹")
		marked, after, ok := strings.Cut(rest, "›")
		if !ok {
			t.Fatalf("%s has no marks", c.query)
		}
		query := before + marked + after
		e := mistake(t, &loggerv1.LogFilter{Query: query})
		if e.Begin != len(before) || e.End != len(before+marked) {
			t.Errorf("%s: the place is %q, from %d to %d; %v", c.query, query[e.Begin:e.End], e.Begin, e.End, e)
		}
		if e.Field != "query" || !strings.Contains(e.Message, c.message) || !strings.Contains(e.Hint, c.hint) {
			t.Errorf("%s: %v; want the message %q and the hint %q", c.query, e, c.message, c.hint)
		}
	}
}

func TestMistakesOfOtherLanguages(t *testing.T) {
	checkMistakes(t, []markedMistake{
		{"a ‹&&› b", `"&&" is not an operator`, "write AND"},
		{"a‹&&›b", `"&&" is not an operator`, "in quotes"},
		{"a ‹||› b", `"||" is not an operator`, "write OR"},
		{"service=a‹||›b", `"||" is not an operator`, "write OR"},
		{"service‹==›a", `"==" is not an operator`, "write ="},
		{"service ‹==› a", `"==" is not an operator`, "write ="},
		{"‹!›a", `"!" is not an operator`, "NOT"},
		{"‹!›(a)", `"!" is not an operator`, "NOT"},
	})
}

func TestMistakesInFields(t *testing.T) {
	checkMistakes(t, []markedMistake{
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
	})
}

func TestMistakesInValues(t *testing.T) {
	checkMistakes(t, []markedMistake{
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
	})
}

func TestMistakesInStrings(t *testing.T) {
	checkMistakes(t, []markedMistake{
		{`‹"abc›`, "has no end", `close it with "`},
		{`a ‹'abc›`, "has no end", "close it with '"},
		{`service=‹"abc\"›`, "has no end", `\\"`},
	})
}

func TestMistakesInParentheses(t *testing.T) {
	checkMistakes(t, []markedMistake{
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
	})
}

func TestMistakesWithKeywords(t *testing.T) {
	checkMistakes(t, []markedMistake{
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
	})
}

func TestMistakesInFunctions(t *testing.T) {
	checkMistakes(t, []markedMistake{
		{"‹foo›(a)", `unknown function "foo"`, "regex and matches"},
		{`regex(‹host›, "a")`, "must be message", `FIELD=~"..."`},
		{"regex(‹message›)", "two arguments", ""},
		{"regex(‹message, a›)", "in quotes", ""},
		{`regex‹(›message, "a"`, "not closed", ""},
	})
}

func TestMistakesInRegularExpressions(t *testing.T) {
	checkMistakes(t, []markedMistake{
		{`message=~"‹a(b›"`, "missing closing )", `\(`},
		{`message=~"(a*)(‹*›)"`, "missing argument to repetition", `\*`},
		{`message=~"\"\\d[‹z-a›]"`, "invalid character class range", "RE2"},
		{`message=~"a\n‹\y›"`, "invalid escape sequence", `\\`},
		{`message=~"x‹(?=›a)"`, "Perl", "look-ahead"},
		{`message=~‹"(?:\d\d\d){900}"›`, "too large", "repeat less"},
	})
}
