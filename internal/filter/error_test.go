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
