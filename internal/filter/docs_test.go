package filter

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// page is docs/query-language.md.
func page(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../docs/query-language.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// pageEntries returns the entries of the page's JSON block.
func pageEntries(t *testing.T) []*entry.Entry {
	t.Helper()
	_, rest, _ := strings.Cut(page(t), "```json\n")
	block, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("the page has no block of JSON")
	}
	var entries []*entry.Entry
	for line := range strings.Lines(block) {
		var p loggerv1.LogEntry
		if err := protojson.Unmarshal([]byte(line), &p); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		e, err := entry.FromProto(&p)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		entries = append(entries, e)
	}
	return entries
}

// pageTables returns the rows of the page's tables whose first headings are these.
func pageTables(t *testing.T, headings ...string) [][]string {
	t.Helper()
	var rows [][]string
	inside := false
	for line := range strings.Lines(page(t)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			inside = false
			continue
		}
		cells := tableCells(line)
		switch {
		case slices.Equal(cells[:min(len(cells), len(headings))], headings):
			inside = true
		case inside && !strings.HasPrefix(line, "|---"):
			rows = append(rows, cells)
		}
	}
	if len(rows) == 0 {
		t.Fatalf("the page has no table of %q", headings)
	}
	return rows
}

// tableCells splits a row of a table, and takes the code out of its marks.
func tableCells(line string) []string {
	cells := regexp.MustCompile(`(?:[^|\\]|\\.)+`).FindAllString(line, -1)
	for i, cell := range cells {
		cell = strings.ReplaceAll(strings.TrimSpace(cell), `\|`, "|")
		if strings.HasPrefix(cell, "`") && strings.Count(cell, "`") == 2 {
			cell = strings.Trim(cell, "`")
		}
		cells[i] = cell
	}
	return cells
}

func TestPageExamples(t *testing.T) {
	entries := pageEntries(t)
	for _, row := range pageTables(t, "Filter", "Selects") {
		m := mustParse(t, row[0])
		var selected []string
		for i, e := range entries {
			if m.Match(e) {
				selected = append(selected, strconv.Itoa(i+1))
			}
		}
		got := strings.Join(selected, ", ")
		if got == "" {
			got = "none"
		}
		if got != row[1] {
			t.Errorf("%s selects %s, the page says %s", row[0], got, row[1])
		}
		if len(row) > 2 && m.Canonical() != row[2] {
			t.Errorf("%s: canonical %s, the page says %s", row[0], m.Canonical(), row[2])
		}
	}
}

func TestPageMistakes(t *testing.T) {
	for _, row := range pageTables(t, "Filter", "Answer") {
		if got := mistake(t, &loggerv1.LogFilter{Query: row[0]}).Error(); got != row[1] {
			t.Errorf("%s is answered\n%s, the page says\n%s", row[0], got, row[1])
		}
	}
}

func TestPageStructuredFields(t *testing.T) {
	for _, row := range pageTables(t, "Field", "Is the same as") {
		name, value, _ := strings.Cut(row[0], ": ")
		if name == "min_severity" {
			value = `"` + value + `"`
		}
		var f loggerv1.LogFilter
		if err := protojson.Unmarshal([]byte(`{"`+name+`":`+value+`}`), &f); err != nil {
			t.Fatalf("%s: %v", row[0], err)
		}
		m, err := Compile(&f)
		if err != nil {
			t.Fatalf("%s: %v", row[0], err)
		}
		if want := mustParse(t, row[1]).Canonical(); m.Canonical() != want {
			t.Errorf("%s is %s, the page says %s", row[0], m.Canonical(), want)
		}
	}
}

func TestPageLimits(t *testing.T) {
	limits := []int{MaxBytes, MaxDepth, MaxConditions, MaxRegexes, MaxLiteralBytes, MaxRegexInstructions, MaxRegexText}
	for i, row := range pageTables(t, "At most") {
		if got, err := strconv.Atoi(strings.ReplaceAll(row[1], ",", "")); err != nil || got != limits[i] {
			t.Errorf("%s: the page says %s, the code %d", row[0], row[1], limits[i])
		}
	}
}

// The first example of the page stands alone.
func TestPageFirstExample(t *testing.T) {
	const query = "severity>=ERROR service=api-* attributes.user_id=42 -healthz"
	if !strings.Contains(page(t), "    "+query+"\n") {
		t.Error("the page does not begin with the example of this test")
	}
	mustParse(t, query)
}
