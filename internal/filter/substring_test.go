package filter

import (
	"testing"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

func TestSubstring(t *testing.T) {
	e := &entry.Entry{
		Service: "Api-Gateway", Host: "timeout",
		Message:    `GET /a?b=1&&c==2 AND "5*3" and TimeOut don't`,
		Attributes: attributes("a", "Über", "b", "x*y", "star", "*"),
	}
	checkSelects(t, e, []selectCase{
		{"timeout", true},
		{"TIMEOUT", true},
		{`"and timeout"`, true},
		{`'AND "5'`, true},
		{"gateway", false}, // the message alone
		{"uber", false},
		{"über", false},
		{"service:GATEWAY", true},
		{"service:gate", true},
		{"host:Time", true},
		{"attributes.a:üB", true},
		{"attributes.a:uber", false},
		{"message:time", true},
		{`message:(absent OR timeo)`, true},
		// Keywords are upper case only, and operators are text inside quotes.
		{"and", true},
		{"or", false},
		{"not", false},
		{`"AND"`, true},
		{`"&&"`, true},
		{`"=="`, true},
		{`"don't"`, true},
		{`'don\'t'`, true},
		// In a search * is a character, where quotes or an escape say so.
		{`"5*"`, true},
		{`"5\*"`, true},
		{`5\*`, true},
		{`attributes.b:"x*"`, true},
		{`attributes.b:"*y"`, true},
		{`attributes.b:x\*`, true},
		{`attributes.star:"\*"`, true},
		{`attributes.star:\*`, true},
		{`attributes.a:"\*"`, false},
		{`"*"`, true},
		// Every text that is there contains the empty one.
		{`""`, true},
		{`attributes.a:""`, true},
		{`attributes.c:""`, false},
	})
}

func TestContainsAndExcludes(t *testing.T) {
	e := &entry.Entry{Message: "Connection TIMED out after 5* retries"}
	for _, c := range []struct {
		contains, excludes []string
		want               bool
	}{
		{[]string{"timed"}, nil, true},
		{[]string{"timed", "RETRIES"}, nil, true},
		{[]string{"timed", "refused"}, nil, false},
		{[]string{"5*"}, nil, true},
		{[]string{"time*"}, nil, false}, // a character here
		{nil, []string{"refused", "reset"}, true},
		{nil, []string{"refused", "Timed"}, false},
		{[]string{"out"}, []string{"connection"}, false},
	} {
		m, err := Compile(&loggerv1.LogFilter{Contains: c.contains, Excludes: c.excludes})
		if err != nil {
			t.Fatalf("contains %q, excludes %q: %v", c.contains, c.excludes, err)
		}
		if got := m.Match(e); got != c.want {
			t.Errorf("contains %q, excludes %q: Match = %v, want %v", c.contains, c.excludes, got, c.want)
		}
		if got := mustParse(t, m.Canonical()).Match(e); got != c.want {
			t.Errorf("%s: Match = %v, want %v", m.Canonical(), got, c.want)
		}
	}
}
