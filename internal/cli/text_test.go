package cli

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/highlight"
	"github.com/seed-2f16ea30/logsieve/internal/termtext"
)

func at(second int) *timestamppb.Timestamp {
	return timestamppb.New(time.Date(2026, 1, 2, 3, 4, second, 5_000_000, time.UTC))
}

var samples = []*loggerv1.LogEntry{
	{Timestamp: at(1), Severity: loggerv1.Severity_INFO, Service: "web", Message: "started"},
	{
		Timestamp: at(2), Severity: loggerv1.Severity_FATAL, Service: "checkout", Host: "node-7", Message: "out of memory\n",
		Attributes: map[string]string{"user": "42", "a": "x y", "q": `say "hi"`, "none": ""}, TraceId: "0af7651916cd43dd8448eb211c80319c",
	},
	{Timestamp: at(3), Severity: loggerv1.Severity_WARN, Service: "web", Message: "first\nsecond\r\n2026-01-02 03:04:03.005 INFO  forged"},
	{Timestamp: at(4), Severity: loggerv1.Severity_ERROR, Service: "\x1b]0;title\x07", Message: "\x1b[2Jclear \u009b31m \u202egnp.exe\u202c \x7f", Attributes: map[string]string{"k\x1b": "\x1b[31m"}},
	{Timestamp: at(5), Severity: loggerv1.Severity_DEBUG, Service: "日本語", Message: "wide, tab\tkept, family 👩‍👩‍👧"},
	{Severity: loggerv1.Severity_TRACE, Service: "a-service-whose-name-goes-on-and-on", Message: "no time"},
	{Timestamp: at(7), Service: "web", Message: "no severity"},
}

const plainText = `2026-01-02 03:04:01.005 INFO  web started
2026-01-02 03:04:02.005 FATAL checkout@node-7 out of memory a="x y" none="" q="say \"hi\"" user=42 trace_id=0af7651916cd43dd8448eb211c80319c
2026-01-02 03:04:03.005 WARN  web             first
    | second\x0d
    | 2026-01-02 03:04:03.005 INFO  forged
2026-01-02 03:04:04.005 ERROR \x1b]0;title\x07 \x1b[2Jclear \u009b31m \u202egnp.exe\u202c \x7f k\x1b=\x1b[31m
2026-01-02 03:04:05.005 DEBUG 日本語           wide, tab` + "\t" + `kept, family 👩‍👩‍👧
                        TRACE a-service-whose-name-goes-on-and-on no time
2026-01-02 03:04:07.005 -     web                          no severity
`

func TestText(t *testing.T) {
	if got := render(t, &textPrinter{utc: true}, samples); got != plainText {
		t.Errorf("got:\n%s\nwant:\n%s", got, plainText)
	}
}

func TestColouredText(t *testing.T) {
	const dim, off = "\x1b[2m", "\x1b[0m"
	want := dim + "2026-01-02 03:04:01.005" + off + " INFO  " + dim + "web" + off + " started\n" +
		dim + "2026-01-02 03:04:02.005" + off + " \x1b[1;37;41mFATAL" + off + " " + dim + "checkout@node-7" + off + " out of memory" +
		dim + ` a="x y" none="" q="say \"hi\"" user=42 trace_id=0af7651916cd43dd8448eb211c80319c` + off + "\n"
	if got := render(t, &textPrinter{utc: true, palette: palette{on: true}}, samples[:2]); got != want {
		t.Errorf("got:\n%q\nwant:\n%q", got, want)
	}
}

func TestWhatMatchedIsMarked(t *testing.T) {
	p := &textPrinter{utc: true, palette: palette{on: true}, marker: highlight.New(&loggerv1.LogFilter{Query: `second OR "start"`})}
	got := render(t, p, []*loggerv1.LogEntry{samples[0], samples[2]})
	for _, want := range []string{" \x1b[1;30;43mstart\x1b[0med\n", "first\n    | \x1b[1;30;43msecond\x1b[0m\\x0d\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("got:\n%q\nwithout %q", got, want)
		}
	}
}

func render(t *testing.T, p printer, entries []*loggerv1.LogEntry) string {
	t.Helper()
	var text []byte
	for _, e := range entries {
		var err error
		if text, err = p.appendEntry(text, e); err != nil {
			t.Fatal(err)
		}
	}
	return string(text)
}

func TestJSONHasNoControlCharacters(t *testing.T) {
	for _, e := range samples {
		text := render(t, jsonPrinter{}, []*loggerv1.LogEntry{e})
		for i, r := range text[:len(text)-1] {
			if termtext.IsHostile(r) {
				t.Errorf("%q at %d of %q", r, i, text)
			}
		}
	}
}
