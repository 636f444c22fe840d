package report

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Table writes the report for a terminal.
func (r *Report) Table(to io.Writer) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) } // Flush tells
	say("row\twhat\tmeasured\tunit\tgoal\t\tceiling\tratio\n")
	for i := range r.Measures {
		m := &r.Measures[i]
		say("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
			m.Row, m.What, number(m.Value), m.Unit, m.goal(), m.verdict(), m.ceiling(), m.ratio())
	}
	if len(r.Deliveries) > 0 {
		say("\nrow\tstreams\tdelivered\tmissing\ttwice\tout of order\tnot matching\ttold as gap\n")
	}
	for i := range r.Deliveries {
		d := &r.Deliveries[i]
		say("%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\n", d.Row, d.Streams, count(d.Delivered),
			count(d.Missing), count(d.Twice), count(d.Disordered), count(d.Foreign), count(d.Gaps))
	}
	say("\n")
	for _, s := range r.Skipped {
		say("not measured: %s: %s\n", s.Row, s.Why)
	}
	for _, f := range r.Failed {
		say("failed: %s: %s\n", f.Row, f.Why)
	}
	for _, m := range r.Missed() {
		say("missed: %s, %s: %s %s, goal %s\n", m.Row, m.What, number(m.Value), m.Unit, m.goal())
	}
	return w.Flush()
}
