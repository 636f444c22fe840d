package demo

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/line"
)

func render(t *testing.T, format Format, e *loggerv1.LogEntry) string {
	t.Helper()
	var out bytes.Buffer
	if err := NewLineWriter(&out, format).Write(e); err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutSuffix(out.String(), "\n")
	if !ok || strings.Contains(text, "\n") {
		t.Fatalf("not one line: %q", out.String())
	}
	return text
}

// The server's own parser reads back what was written: all of it where the format has
// it, and from text the time, the severity, the host and the service.
func TestLinesAreReadBack(t *testing.T) {
	for _, p := range sample(3, 1_500) {
		want, err := entry.FromProto(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, format := range []Format{JSON, Logfmt} {
			text := render(t, format, p)
			if diff := cmp.Diff(told(want), told(line.Parse(text, start))); diff != "" {
				t.Fatalf("%s: %s\n%s", format, text, diff)
			}
		}
		text := render(t, Text, p)
		got := line.Parse(text, start)
		if got.Message != text || got.Timestamp != want.Timestamp || got.Severity != want.Severity ||
			got.Host != want.Host || got.Service != want.Service {
			t.Fatalf("%s\nread as %+v", text, told(got))
		}
	}
}

// told is what an entry tells, in a form that can be compared.
func told(e *entry.Entry) map[string]any {
	return map[string]any{
		"time": time.Unix(0, e.Timestamp).UTC(), "severity": e.Severity, "service": e.Service, "host": e.Host,
		"message": e.Message, "trace": e.TraceID, "span": e.SpanID, "attributes": e.Attributes,
	}
}

func TestWriteFiles(t *testing.T) {
	dir := t.TempDir()
	entries := sample(4, 3_000)
	want := map[string][]string{}
	for _, e := range entries {
		path := filepath.Join(dir, e.GetService()+".log")
		want[path] = append(want[path], render(t, FormatOf(e.GetService()), e))
	}
	for part := range slices.Chunk(entries, 2_000) { // the second appends
		if _, err := WriteFiles(dir, slices.Values(part)); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string][]string{}
	for path := range maps.Keys(want) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got[path] = strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWriteFilesCountsAndFails(t *testing.T) {
	dir := t.TempDir()
	lines, err := WriteFiles(dir, slices.Values(sample(4, 100)))
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, n := range lines {
		total += n
	}
	if total != 100 {
		t.Errorf("%d lines counted, want 100", total)
	}
	if _, err := WriteFiles(filepath.Join(dir, "none"), slices.Values(sample(4, 1))); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("got %v, want an error with the path", err)
	}
}

func TestEveryFormatIsUsed(t *testing.T) {
	used := map[Format]bool{}
	for _, s := range services {
		used[FormatOf(s.name)] = true
	}
	if len(used) != int(formats) {
		t.Errorf("used: %v", used)
	}
	if got := FormatOf("stranger"); got != Text {
		t.Errorf("FormatOf(stranger) = %s", got)
	}
}
