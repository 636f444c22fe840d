package report

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/seed-2f16ea30/logsieve/internal/bench/load"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func sample() *Report {
	return &Report{
		Version: "v1.2.3", Begun: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), Seconds: 300, Command: "logsieve bench",
		Measures: []Measure{
			{Row: "firehose", What: "delivered", Value: 212_345, Unit: "entries/s", Goal: AtLeast(200_000), Ceilings: []Ceiling{{"bare", 424_690}}},
			{Row: "firehose", What: "costs", Value: 7, Unit: "CPU-s per million", Goal: AtMost(6)},
			{Row: "ingest", What: "stored", Value: 0.25, Unit: "entries/s"},
		},
		Deliveries: []Deliveries{{Row: "firehose", Streams: 1, Counts: load.Counts{Delivered: 1_000_000}}},
		Curves: []Curve{{
			Name: "growth", Title: "a < b & c", X: Axis{Label: "filters", Log: true}, Y: Axis{Label: "µs"},
			Series: []Series{{"one", []Point{{1, 2}, {100_000, 37}}}, {"two", []Point{{1, 1}, {100_000, 0.5}}}},
		}},
	}
}

func TestGoals(t *testing.T) {
	r := sample()
	if missed := r.Missed(); len(missed) != 1 || missed[0].What != "costs" {
		t.Errorf("missed: %+v", missed)
	}
	if r.Faults() != 0 {
		t.Error("faults in a sound report")
	}
	r.Deliveries[0].Twice = 2
	if r.Faults() != 2 {
		t.Errorf("%d faults, want 2", r.Faults())
	}
}

func TestTable(t *testing.T) {
	var b strings.Builder
	if err := sample().Table(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"212,345", "≥ 200,000", "met", "424,690 (bare)", "0.50", "1,000,000", "missed: firehose, costs: 7 CPU-s per million, goal ≤ 6"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the table has no %q:\n%s", want, b.String())
		}
	}
}

func TestNumbers(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 8: "8", 0.123: "0.12", 0.0123: "0.012", 1.234: "1.23", 12.34: "12.3", 123.4: "123", 1234.5: "1,235",
		1_234_567: "1,234,567", -4.56: "-4.56", -1234: "-1,234", 123_456: "123,456",
	} {
		if got := number(v); got != want {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
}

func TestMarkdownReplacesTheLastReport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "performance.md")
	if err := os.WriteFile(path, []byte("before\n"+markBegin+"the last report\n"+markEnd+"behind\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sample().WriteMarkdown(path); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"before\n", "behind\n", "**missed**", "](performance-growth.svg)", "logsieve v1.2.3"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the document has no %q:\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "the last report") {
		t.Error("the last report is still there")
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(path), "performance-growth.svg")); err != nil {
		t.Error(err)
	}
}

func TestMarkdownNeedsAPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.md")
	if err := os.WriteFile(path, []byte("something else\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sample().WriteMarkdown(path); err == nil {
		t.Error("a document with no place for the report was changed")
	}
	if err := sample().WriteMarkdown(filepath.Join(t.TempDir(), "new.md")); err != nil {
		t.Error(err)
	}
}

// A chart is well-formed, and all that it draws lies in it.
func TestChart(t *testing.T) {
	c := sample().Curves[0]
	decoder := xml.NewDecoder(strings.NewReader(string(c.SVG())))
	circles := 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "circle" {
			circles++
		}
	}
	if circles != 4 {
		t.Errorf("%d points are drawn, want 4", circles)
	}
	x, y := c.scales()
	for _, s := range c.Series {
		for _, p := range s.Points {
			if at := x.at(p.X); at < plotLeft || at > plotRight {
				t.Errorf("%v lies at %v across", p.X, at)
			}
			if at := y.at(p.Y); at < plotTop || at > plotBottom {
				t.Errorf("%v lies at %v down", p.Y, at)
			}
		}
	}
}
