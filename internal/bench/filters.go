package bench

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/bench/process"
	"github.com/seed-2f16ea30/logsieve/internal/bench/report"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
	"github.com/seed-2f16ea30/logsieve/internal/index"
	"github.com/seed-2f16ea30/logsieve/internal/index/workload"
)

const (
	// filtersShare is the part of the subscribers that use a filter which others use too.
	filtersShare = 0.5
	// warmEntries are what the index learns the traffic from.
	warmEntries = 10_000
	// matchedEntries are matched in a round of which the time is taken.
	matchedEntries = 1000
	// matchTime is how long is measured at least.
	matchTime = 200 * time.Millisecond
)

// filters measures the index of standing filters in this process, beside evaluating every
// filter alone, on a realistic mix of filters, and on a selective kind.
func filters(ctx context.Context, r *run) error {
	indexed := report.Series{Name: "index"}
	linear := report.Series{Name: "every filter alone"}
	for _, goal := range []struct {
		filters int
		ratio   *report.Goal
	}{
		{1, nil},
		{100, nil},
		{1000, report.AtLeast(30)},
		{10_000, report.AtLeast(200)},
		{100_000, report.AtLeast(120)},
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
		r.add(fmt.Sprintf("an entry against %d filters", f.filters), f.match, "µs", nil,
			report.Ceiling{What: "every filter alone", Value: f.alone})
		if goal.ratio != nil {
			r.add(fmt.Sprintf("times faster than every one of %d alone", f.filters), f.alone/f.match, "times", goal.ratio)
		}
		if goal.filters == 100_000 {
			r.addIndex(f)
		}
	}
	const mostExponent = 0.85
	r.add("exponent of the growth from 1,000 to 100,000", exponent(indexed.Points[2:]), "", report.AtMost(mostExponent))
	r.report.Curves = append(r.report.Curves, report.Curve{
		Name: "growth-filters", Title: "Matching an entry against standing filters",
		X: report.Axis{Label: "filters", Log: true}, Y: report.Axis{Label: "µs per entry", Log: true},
		Series: []report.Series{indexed, linear},
	})
	return r.selective()
}

// addIndex adds what subscribers cost the index where there are many.
func (r *run) addIndex(f indexFigures) {
	const mostBytes, mostMicros = 300, 10
	r.add("memory of a subscriber in the index", f.bytes, "bytes", report.AtMost(mostBytes))
	r.add("a filter added", f.add, "µs", report.AtMost(mostMicros))
	r.add("a filter removed", f.remove, "µs", report.AtMost(mostMicros))
	r.add("memory allocated for an entry", f.allocations, "allocations", report.AtMost(0))
}

// selective measures how matching grows with filters that hardly any entry matches.
func (r *run) selective() error {
	const few, many = 625, 5000
	var worst float64
	for _, kind := range workload.AllSelective() {
		var points []report.Point
		for _, n := range []int{r.scaled(few), r.scaled(many)} {
			matchers, err := kind.Matchers(n)
			if err != nil {
				return err
			}
			f, err := measureSet(matchers, workload.NewTraffic(1))
			if err != nil {
				return err
			}
			points = append(points, report.Point{X: float64(n), Y: f.match})
		}
		worst = max(worst, doubling(points))
	}
	r.add("growth of matching with each doubling of selective filters, the worst kind", worst, "%", report.AtMost(mostGrowth))
	return nil
}

// indexFigures are what an index costs: times in microseconds of the thread.
type indexFigures struct {
	filters            int
	match, alone       float64 // an entry
	add, remove        float64 // a filter
	bytes, allocations float64 // a subscriber, an entry
}

func measureIndex(n int) (indexFigures, error) {
	w := workload.New(1, filtersShare)
	matchers, err := w.Matchers(n)
	if err != nil {
		return indexFigures{}, err
	}
	f, err := measureSet(matchers, w.Traffic)
	if err != nil {
		return f, err
	}
	f.alone, err = evaluate(matchers, w.Entries(matchedEntries))
	return f, err
}

// measureSet fills an index with filters and matches entries.
func measureSet(matchers []*filter.Matcher, traffic *workload.Traffic) (f indexFigures, err error) {
	warm, entries := traffic.Entries(warmEntries), traffic.Entries(matchedEntries)
	f.filters = len(matchers)
	n := float64(len(matchers))
	var set index.Set[*int]
	places := make([]*index.Member, len(matchers))
	nobody := new(int)
	before := heap()
	// The index learns what is rare from the first half of the traffic.
	places[0] = set.Add(matchers[0], nobody)
	hits := match(&set, nil, warm)
	adding, err := process.ThreadTime(func() {
		for i, m := range matchers[1:] {
			places[i+1] = set.Add(m, nobody)
		}
	})
	if err != nil {
		return f, err
	}
	f.bytes = float64(heap()-before) / n
	hits = match(&set, hits, warm)
	if f.match, err = perEntry(len(entries), func() { hits = match(&set, hits, entries) }); err != nil {
		return f, err
	}
	f.allocations = allocations(func() { hits = match(&set, hits, entries) }) / float64(len(entries))
	removing, err := process.ThreadTime(func() {
		for _, p := range places {
			set.Remove(p)
		}
	})
	f.add, f.remove = micros(adding)/n, micros(removing)/n
	return f, err
}

func match(set *index.Set[*int], hits []*int, entries []*entry.Entry) []*int {
	for _, e := range entries {
		hits = set.AppendMatches(hits[:0], e)
	}
	return hits
}

// evaluate returns what an entry costs if every filter is evaluated.
func evaluate(matchers []*filter.Matcher, entries []*entry.Entry) (float64, error) {
	const atOnce = 100_000 // evaluations
	n := min(max(atOnce/len(matchers), 1), len(entries))
	matched, at := 0, 0
	spent, err := perEntry(n, func() {
		for range n {
			e := entries[at%len(entries)]
			at++
			for _, m := range matchers {
				if m.Match(e) {
					matched++
				}
			}
		}
	})
	runtime.KeepAlive(matched)
	return spent, err
}

// perEntry repeats something that handles n entries, and returns what one has cost, in
// microseconds.
func perEntry(n int, do func()) (float64, error) {
	var total time.Duration
	handled := 0
	for total < matchTime {
		spent, err := process.ThreadTime(do)
		if err != nil {
			return 0, err
		}
		total += spent
		handled += n
	}
	return micros(total) / float64(handled), nil
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// heap returns how many bytes are in use.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// allocations returns how often f allocates.
func allocations(f func()) float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs - before.Mallocs)
}
