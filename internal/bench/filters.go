package bench

import (
	"context"
	"fmt"

	"github.com/seed-2f16ea30/logsieve/internal/bench/report"
	"github.com/seed-2f16ea30/logsieve/internal/index/workload"
)

// filters measures the index of standing filters in this process, beside evaluating every
// filter alone: a mix as people write them, and kinds that hardly any entry matches.
func filters(ctx context.Context, r *run) error {
	indexed := report.Series{Name: "index"}
	linear := report.Series{Name: "every filter alone"}
	for _, goal := range []struct {
		filters int
		micros  float64
		ratio   *report.Goal
	}{
		{1, 0.4, nil},
		{100, 1.1, nil},
		{1000, 3.6, report.AtLeast(30)},
		{10_000, 12, report.AtLeast(200)},
		{100_000, 74, report.AtLeast(120)},
	} {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		f, err := measureIndex(r.scaled(goal.filters))
		if err != nil {
			return err
		}
		n := float64(f.filters)
		indexed.Points = append(indexed.Points, report.Point{X: n, Y: f.match})
		linear.Points = append(linear.Points, report.Point{X: n, Y: f.alone})
		r.add(plural("an entry against %d filter", f.filters), f.match, "µs", report.AtMost(goal.micros),
			report.Ceiling{What: "every filter alone", Value: f.alone})
		if goal.ratio != nil {
			r.add(fmt.Sprintf("faster than each of %d filters alone", f.filters), f.alone/f.match, "times", goal.ratio)
		}
		r.addIndex(goal.filters, f)
	}
	const mostExponent = 0.85
	r.add("exponent of the growth from 1,000 filters to 100,000", exponent(indexed.Points[2:]), "", report.AtMost(mostExponent))
	r.report.Curves = append(r.report.Curves, report.Curve{
		Name: "growth-filters", Title: "Matching an entry against standing filters",
		X: report.Axis{Label: "filters", Log: true}, Y: report.Axis{Label: "µs per entry", Log: true},
		Series: []report.Series{indexed, linear},
	})
	return r.selective(ctx)
}

func plural(format string, n int) string {
	if n != 1 {
		format += "s"
	}
	return fmt.Sprintf(format, n)
}

// addIndex adds what subscribers cost the index where there are many.
func (r *run) addIndex(filters int, f indexFigures) {
	const mostBytes, mostMicros, mostAllocations = 300, 10, 0.01
	switch filters {
	case 10_000:
		// More filters are filed anew for longer, which is all that allocates.
		r.add("allocations for an entry", f.allocations, "", report.AtMost(mostAllocations))
	case 100_000:
		r.add("memory of a subscriber in the index", f.bytes, "bytes", report.AtMost(mostBytes))
		r.add("a filter added", f.add, "µs", report.AtMost(mostMicros))
		r.add("a filter removed", f.remove, "µs", report.AtMost(mostMicros))
	}
}

// selective measures how matching grows with filters that hardly any entry matches. The
// goal is for what people write; the texts of zeros and ones are there to show that a
// subscriber who means harm gets no further.
func (r *run) selective(ctx context.Context) error {
	curve := report.Curve{
		Name: "growth-selective", Title: "Matching an entry against filters that hardly any matches",
		X: report.Axis{Label: "filters", Log: true}, Y: report.Axis{Label: "µs per entry"},
	}
	sizes := []int{100, 625, 1250, 2500, 5000}
	mean := make([]report.Point, len(sizes))
	for _, kind := range workload.AllSelective() {
		series := report.Series{Name: kind.Name}
		for i, n := range sizes {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			matchers, err := kind.Matchers(r.scaled(n))
			if err != nil {
				return err
			}
			f, err := measureSet(matchers, workload.NewTraffic(1))
			if err != nil {
				return err
			}
			series.Points = append(series.Points, report.Point{X: float64(f.filters), Y: f.match})
			if !kind.Hostile {
				mean[i].X = float64(f.filters)
				mean[i].Y += f.match
			}
		}
		curve.Series = append(curve.Series, series)
	}
	r.report.Curves = append(r.report.Curves, curve)
	r.add("growth of matching with each doubling of selective filters", doubling(mean[1:]), "%", report.AtMost(mostGrowth))
	return nil
}
