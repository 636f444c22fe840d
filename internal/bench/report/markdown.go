package report

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The marks in a document between which the report stands.
const (
	markBegin = "<!-- bench: begin -->\n"
	markEnd   = "<!-- bench: end -->\n"
)

// WriteMarkdown writes the report into a document, between the lines <!-- bench: begin -->
// and <!-- bench: end -->, and its charts beside it, as <document>-<curve>.svg. A document
// that is not there is made. One without these lines is left as it is, with an error.
func (r *Report) WriteMarkdown(path string) error {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = []byte("# Performance\n\n"+markBegin+markEnd), nil
	}
	if err != nil {
		return err
	}
	before, rest, begins := bytes.Cut(text, []byte(markBegin))
	_, after, ends := bytes.Cut(rest, []byte(markEnd))
	if !begins || !ends {
		return fmt.Errorf("%s has no place for the report: it needs the lines %q and %q", path, markBegin, markEnd)
	}
	base := strings.TrimSuffix(path, filepath.Ext(path))
	for i := range r.Curves {
		if err := os.WriteFile(chartFile(base, r.Curves[i].Name), r.Curves[i].SVG(), filePermission); err != nil {
			return err
		}
	}
	text = fmt.Appendf(nil, "%s%s%s%s%s", before, markBegin, r.Markdown(filepath.Base(base)), markEnd, after)
	return os.WriteFile(path, text, filePermission) //nolint:gosec // G703: where the user says.
}

func chartFile(base, curve string) string { return base + "-" + curve + ".svg" }

// Markdown returns the report with links to its charts, whose files begin with base.
func (r *Report) Markdown(base string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nMeasured on %s with logsieve %s, in %.0f s, by `%s`.\n", r.Begun.Format("2 January 2006"), r.Version, r.Seconds, r.Command)
	fmt.Fprintf(&b, "The machine: %s.\n\n", r.Machine)
	b.WriteString("| row | what | measured | unit | goal | | ceiling | ratio |\n|---|---|---:|---|---:|---|---|---:|\n")
	for i := range r.Measures {
		m := &r.Measures[i]
		verdict := m.verdict()
		if verdict == "missed" {
			verdict = "**missed**"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s |\n",
			m.Row, m.What, number(m.Value), m.Unit, m.goal(), verdict, m.ceiling(), m.ratio())
	}
	r.writeDeliveries(&b)
	for i := range r.Curves {
		c := &r.Curves[i]
		fmt.Fprintf(&b, "\n![%s](%s)\n", c.Title, chartFile(base, c.Name))
	}
	b.WriteString("\n")
	return b.String()
}

func (r *Report) writeDeliveries(b *strings.Builder) {
	b.WriteString("\nEvery delivery was counted:\n\n")
	b.WriteString("| row | streams | delivered | missing | twice | out of order | not matching | told as gap |\n|---|---:|---:|---:|---:|---:|---:|---:|\n")
	for i := range r.Deliveries {
		d := &r.Deliveries[i]
		fmt.Fprintf(b, "| %s | %d | %s | %s | %s | %s | %s | %s |\n", d.Row, d.Streams, count(d.Delivered),
			count(d.Missing), count(d.Twice), count(d.Disordered), count(d.Foreign), count(d.Gaps))
	}
	for _, u := range r.Skipped {
		fmt.Fprintf(b, "\nNot measured: %s: %s.\n", u.Row, u.Why)
	}
	for _, u := range r.Failed {
		fmt.Fprintf(b, "\nFailed: %s: %s.\n", u.Row, u.Why)
	}
}
