package filter

import (
	"strings"
	"testing"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// The canonical text shows the tree: what binds to what.
func TestGrammar(t *testing.T) {
	for _, c := range []struct{ query, canonical string }{
		{"", ""},
		{" \t\r\n\u3000", ""},
		{"a", "a"},
		{"a b", "a AND b"},
		{"a AND b", "a AND b"},
		{"a\u3000b\n\tc", "a AND b AND c"},
		{"a OR b", "a OR b"},
		// OR binds tighter than AND, and than white space.
		{"a AND b OR c", "a AND (b OR c)"},
		{"a b OR c", "a AND (b OR c)"},
		{"a OR b AND c OR d", "(a OR b) AND (c OR d)"},
		{"a OR (b c)", "a OR (b AND c)"},
		// NOT binds tightest.
		{"NOT a OR b", "-a OR b"},
		{"NOT (a OR b)", "-a AND -b"},
		{"-(a b)", "-a OR -b"},
		{"NOT a b", "-a AND b"},
		{"-a-b", "-a-b"}, // one word
		{`-"a b"`, `-"a b"`},
		{"NOT(a)", "-a"},
		{"(NOT a)", "-a"},
		{"NOT (NOT a)", "a"},
		{"-(-a)", "a"},
		{"-service=a", "-service=a"},
		{"NOT service=a", "-service=a"},
		// Parentheses need no space around them.
		{"(a)(b)", "a AND b"},
		{"((((a))))", "a"},
		{"(a)OR(b)", "a OR b"},
		{"( a )", "a"},
		// Words.
		{"and or not", "and AND not AND or"},
		{"service", "service"},
		{"attributes.x", "attributes.x"},
		{"attributes", "attributes"},
		{"10.0.0.1", "10.0.0.1"},
		{"api-gateway", "api-gateway"},
		{"user_id", "user_id"},
		{"/var/log", `"/var/log"`},
		{"hello!", `"hello!"`},
		{"50%", `"50%"`},
		{"a~b", `"a~b"`},
		{"日本語", "日本語"},
		{"regex", "regex"},
		{"regex (a)", "a AND regex"},
		// Comparisons.
		{"service=a", "service=a"},
		{"service = a", "service=a"},
		{"service =a", "service=a"},
		{"service\n=\na", "service=a"},
		{"service=a=b", `service="a=b"`},
		{"service=-a", `service="-a"`},
		{"service:a:b", `service:"a:b"`},
		{"message:x", "x"},
		{`message:"x"`, "x"},
		{"attributes.url=http://x/y?z=1", `attributes.url="http://x/y?z=1"`},
		{"attributes.n>=-5", "attributes.n>=-5"},
		{"attributes.n<1e21", "attributes.n<1e+21"},
		{"attributes.n<0.5", "attributes.n<0.5"},
		{"attributes.n<-0", "attributes.n<0"},
		{"attributes.a.b=x", "attributes.a.b=x"},
		{`attributes."a.b"=x`, "attributes.a.b=x"},
		{`attributes.'a b'=x`, `attributes."a b"=x`},
		{`attributes.a."b c".d=x`, `attributes."a.b c.d"=x`},
		{`attributes."a=b"=x`, `attributes."a=b"=x`},
		{`attributes."-a":*`, `attributes."-a":*`},
		{"attributes.AND=x", `attributes."AND"=x`},
		{"service=(a)", "service=a"},
		{"service=(a OR b)", "service=a OR service=b"},
		{"x service:(a OR b)", "x AND (service:a OR service:b)"},
		{"-service=(a OR b)", "-service=a AND -service=b"},
		{`message=~"^a.*b$"`, `message=~"^a.*b$"`},
		{"message=~a|b", `message=~"a|b"`},
		{`message=~"\d+\.\\d"`, `message=~"\\d+\\.\\d"`},
		{`message!~"x"`, `message!~"x"`},
		{`regex(message, "x")`, `message=~"x"`},
		{`matches( message ,'x' )`, `message=~"x"`},
		{`-regex(message,"x")`, `-message=~"x"`},
	} {
		if got := mustParse(t, c.query).Canonical(); got != c.canonical {
			t.Errorf("%q: canonical %q, want %q", c.query, got, c.canonical)
		}
	}
}

func TestStringEscapes(t *testing.T) {
	for _, c := range []struct{ query, value string }{
		{`service="a\"b"`, `a"b`},
		{`service='a\'b'`, `a'b`},
		{`service="a'b"`, `a'b`},
		{`service='a"b'`, `a"b`},
		{`service="a\'b"`, `a'b`},
		{`service="a\\b"`, `a\b`},
		{`service="a\nb\tc\rd"`, "a\nb\tc\rd"},
		{`service="a\db"`, `a\db`}, // any other backslash stays
		{`service="a\\nb"`, `a\nb`},
		{`service="AND"`, "AND"},
		{`service="a)b(c,d"`, "a)b(c,d"},
		{"service=\"a\nb\"", "a\nb"},
		{`service="日本"`, "日本"},
		{`service=a\nb`, `a\nb`}, // a word has no escapes
	} {
		if !mustParse(t, c.query).Match(&entry.Entry{Service: c.value}) {
			t.Errorf("%s does not select service %q", c.query, c.value)
		}
	}
}

func TestStructuredFieldsAreANDed(t *testing.T) {
	m, err := Compile(&loggerv1.LogFilter{
		Query:       "query OR words",
		MinSeverity: loggerv1.Severity_WARN,
		Services:    []string{"api-*", "web"},
		Hosts:       []string{"h1"},
		Attributes:  map[string]string{"user": "7", "env": "pro*", "any": "*", "odd key": "AND"},
		Contains:    []string{"one", "Two words"},
		Excludes:    []string{"three"},
		Regex:       `fo+\.`,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"severity>=WARN", "host=h1", "(service=web OR service=api-*)", "attributes.any:*", `attributes."odd key"="AND"`,
		"attributes.user=7", "attributes.env=pro*", `"two words"`, "-three", "one", "(query OR words)", `message=~"fo+\\."`,
	}, " AND ")
	if m.Canonical() != want {
		t.Errorf("canonical\n%s, want\n%s", m.Canonical(), want)
	}
	if again := mustParse(t, m.Canonical()).Canonical(); again != want {
		t.Errorf("canonical of canonical\n%s, want\n%s", again, want)
	}
}

func TestEmptyFilterSelectsEverything(t *testing.T) {
	nothing := &entry.Entry{}
	for _, f := range []*loggerv1.LogFilter{nil, {}, {Query: "  "}, {Begin: &loggerv1.LogFilter_Last{Last: 5}, Notices: true}} {
		m, err := Compile(f)
		if err != nil {
			t.Fatalf("%v: %v", f, err)
		}
		if !m.Match(nothing) || m.Canonical() != "" || m.Cost() != 0 {
			t.Errorf("%v: Match = %v, canonical %q, cost %d; want everything", f, m.Match(nothing), m.Canonical(), m.Cost())
		}
	}
	if !new(Matcher).Match(nothing) {
		t.Error("the zero Matcher does not select everything")
	}
}
