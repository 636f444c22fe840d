package line_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-2f16ea30/logsieve/internal/ingest/line"
)

func split(s *line.Splitter, pieces ...string) []line.Line {
	var lines []line.Line
	for _, p := range pieces {
		lines = append(lines, slices.Collect(s.Lines([]byte(p)))...)
	}
	return lines
}

func TestSplitter(t *testing.T) {
	s := &line.Splitter{MaxBytes: 4}
	got := split(s, "ab\n\nabcd\nabcde\na", "b", "", "\nabc", "defghi", "jk\nx")
	want := []line.Line{{"ab", 2}, {"", 0}, {"abcd", 4}, {"abcd", 5}, {"ab", 2}, {"abcd", 11}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if s.Pending() != 1 {
		t.Errorf("%d bytes pending, want 1", s.Pending())
	}
	rest, ok := s.Rest()
	if want := (line.Line{Text: "x", Length: 1}); !ok || rest != want {
		t.Errorf("the rest is %v, %v", rest, ok)
	}
	if _, ok := s.Rest(); ok {
		t.Error("the rest came twice")
	}
}

// TestSplitterPieces holds that it does not matter where a stream is cut into pieces.
func TestSplitterPieces(t *testing.T) {
	text := "one\n\ntwo three four five\nsix\r\n" + strings.Repeat("x", 40) + "\nlast"
	want := split(&line.Splitter{MaxBytes: 16}, text)
	for cut := range len(text) {
		for next := cut; next < len(text); next++ {
			s := &line.Splitter{MaxBytes: 16}
			if diff := cmp.Diff(want, split(s, text[:cut], text[cut:next], text[next:])); diff != "" {
				t.Fatalf("cut at %d and %d (-want +got):\n%s", cut, next, diff)
			}
			if rest, _ := s.Rest(); rest.Text != "last" {
				t.Fatalf("cut at %d and %d: the rest is %v", cut, next, rest)
			}
		}
	}
}
