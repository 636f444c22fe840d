package line_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/line"
)

// FuzzLine holds that a line is never lost: whatever comes, an entry has a message, in
// UTF-8, of sane severity and sorted attributes; and plain text is kept whole.
func FuzzLine(f *testing.F) {
	for _, text := range samples {
		f.Add(text)
	}
	f.Add(`{"a":{"b":[1,{"c":"\ud83d\ude00\u00"}]},"msg":"\x00"}`)
	f.Add("<34>1 2003-10-11T22:14:15.003Z host su - ID47 - m")
	f.Add("E0102 15:04:05.000000 1 a.go:1] m")
	f.Add("20171223-22:15:29:606|a|1|m")
	f.Add("- 1117838570 2005.06.03 R 2005-06-03-15.42.50.675872 R RAS KERNEL INFO m")
	f.Add("[Sun Dec 04 04:47:44 2005] [error] m")
	f.Add("\x1b[31mERR\x1b[0m \xff\xfe")
	f.Add(`a="\u12" b=`)
	f.Fuzz(func(t *testing.T, text string) {
		e := line.Parse(text, now)
		stripped := strings.TrimRight(text, "\r\n")
		if e.Message == "" && stripped != "" {
			t.Errorf("%q has no message", text)
		}
		if !utf8.ValidString(e.Message) {
			t.Errorf("message %q is not UTF-8", e.Message)
		}
		if e.Severity > entry.MaxSeverity {
			t.Errorf("severity %d", e.Severity)
		}
		for i, a := range e.Attributes {
			if a.Key == "" || (i > 0 && e.Attributes[i-1].Key >= a.Key) {
				t.Errorf("attributes %v are not sorted or have no key", e.Attributes)
			}
		}
		structured := strings.HasPrefix(strings.TrimSpace(text), "{") || strings.Contains(text, "=")
		if !structured && e.Message != strings.ToValidUTF8(stripped, "\uFFFD") {
			t.Errorf("plain text %q became %q", text, e.Message)
		}
	})
}
