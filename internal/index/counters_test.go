package index_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
	"github.com/seed-2f16ea30/logsieve/internal/index"
	"github.com/seed-2f16ea30/logsieve/internal/index/workload"
)

// counts are what a Set does for an entry, on average.
type counts struct{ candidates, groups, regexes float64 }

// must returns a function that hands filters on, or ends the test.
func must(tb testing.TB) func([]*filter.Matcher, error) []*filter.Matcher {
	tb.Helper()
	return func(matchers []*filter.Matcher, err error) []*filter.Matcher {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return matchers
	}
}

// count matches entries and returns the counts.
func count(set *index.Set[int], entries []*entry.Entry) counts {
	old := set.Stats()
	var hits []int
	for _, e := range entries {
		hits = set.AppendMatches(hits[:0], e)
	}
	now, n := set.Stats(), float64(len(entries))
	return counts{
		candidates: float64(now.Candidates-old.Candidates) / n,
		groups:     float64(now.Groups-old.Groups) / n,
		regexes:    float64(now.Regexes-old.Regexes) / n,
	}
}

// filled returns a set of these filters that has seen some traffic.
func filled(matchers []*filter.Matcher, warm []*entry.Entry) *index.Set[int] {
	var set index.Set[int]
	for i, m := range matchers {
		set.Add(m, i)
	}
	count(&set, warm)
	return &set
}

// The counts are the same on every machine. They hold what the index is for: what is
// looked at is hardly more than what matches, and few expressions are run.
func TestLittleIsLookedAtInVain(t *testing.T) {
	for _, c := range []struct {
		share   float64
		filters int
		// lookedAt is how many candidates there may be for each that matches, regexes how
		// many are run for an entry.
		lookedAt, regexes float64
	}{
		{0, 10_000, 1.5, 12},
		{0.5, 10_000, 1.5, 12},
		{0.9, 10_000, 1.5, 6},
		{0.5, 100_000, 1.5, 30},
	} {
		t.Run(fmt.Sprintf("share %v of %d", c.share, c.filters), func(t *testing.T) {
			if underRace && c.filters > 10_000 {
				t.Skip("takes a minute")
			}
			w := workload.New(1, c.share)
			set := filled(must(t)(w.Matchers(c.filters)), w.Entries(20_000))
			got := count(set, w.Entries(2000))
			t.Logf("%d groups, an entry: %+v", set.Len(), got)
			if got.groups == 0 || got.candidates > c.lookedAt*got.groups {
				t.Errorf("%.1f groups are looked at for %.1f that match, want at most %v times as many", got.candidates, got.groups, c.lookedAt)
			}
			if got.regexes > c.regexes {
				t.Errorf("%.1f expressions are run for an entry, want at most %v", got.regexes, c.regexes)
			}
		})
	}
}

// What is common in the traffic cannot be known when the first filters come: here, that
// all entries are of one region. After some traffic they are filed elsewhere.
func TestFiltersAreFiledAnew(t *testing.T) {
	w := workload.New(1, 0)
	var set index.Set[int]
	const filters = 1000
	for i := range filters {
		set.Add(mustParse(t, fmt.Sprintf("attributes.region=eu-west-1 host=host-%d.eu-west-1", i)), i)
	}
	first := count(&set, w.Entries(1000))
	count(&set, w.Entries(10_000))
	later := count(&set, w.Entries(1000))
	if first.candidates < filters || later.candidates > 1.1*later.groups {
		t.Errorf("at first %+v for an entry, after some traffic %+v", first, later)
	}
}

// A text filed under a gram that turns out to be common moves to a rarer one.
func TestTextsAreFiledAnew(t *testing.T) {
	w := workload.New(1, 0)
	var set index.Set[int]
	for i := range 500 {
		set.Add(mustParse(t, fmt.Sprintf(`"request for user u%06d"`, i)), i)
	}
	entries := make([]*entry.Entry, 1000)
	for i := range entries {
		entries[i] = w.Entry()
		entries[i].Message = "request for user u999999 " + entries[i].Message
	}
	first := compared(&set, entries)
	for range 20 {
		count(&set, entries)
	}
	if later := compared(&set, entries); later > first/5 {
		t.Errorf("at first %.1f texts are compared for an entry, after some traffic %.1f", first, later)
	}
}

// compared returns how many texts were compared for an entry.
func compared(set *index.Set[int], entries []*entry.Entry) float64 {
	old := set.Stats().Compared
	count(set, entries)
	return float64(set.Stats().Compared-old) / float64(len(entries))
}

func TestSelectiveFiltersAreNotLookedAt(t *testing.T) {
	for _, kind := range workload.AllSelective() {
		t.Run(kind.Name, func(t *testing.T) {
			w := workload.NewTraffic(1)
			set := filled(must(t)(kind.Matchers(10_000)), w.Entries(10_000))
			got := count(set, w.Entries(2000))
			if got.candidates > 1.1*got.groups+0.05 || got.regexes > 0.01 {
				t.Errorf("of 10,000 filters %+v for an entry", got)
			}
		})
	}
}

// Texts of two characters only have few grams, and all of them would lie under those.
func TestTextsOfFewCharactersSpread(t *testing.T) {
	const filters = 20_000
	var set index.Set[int]
	for i := range filters {
		set.Add(mustParse(t, fmt.Sprintf(`"%032b"`, uint32(i)*2654435761)), i)
	}
	e := &entry.Entry{Message: strings.Repeat("0110100110010110", 16)}
	if n := compared(&set, []*entry.Entry{e}); n > filters/8 {
		t.Errorf("%v texts of %d are compared", n, filters)
	}
}

// Only a group that is filed anew allocates, which is rare, and rarer with time.
func TestAnEntryAllocatesNothing(t *testing.T) {
	if underRace {
		t.Skip("regexp allocates")
	}
	w := workload.New(1, 0.5)
	matchers, entries := must(t)(w.Matchers(5000)), w.Entries(2000)
	for _, filters := range []int{5, 5000} {
		set := filled(matchers[:filters], w.Entries(20_000))
		hits, i := make([]int, 0, filters), 0
		allocations := testing.AllocsPerRun(len(entries), func() {
			hits = set.AppendMatches(hits[:0], entries[i%len(entries)])
			i++
		})
		if allocations != 0 {
			t.Errorf("of %d filters %v allocations for an entry, want none", filters, allocations)
		}
	}
}

// The exponent with which the work for an entry grows from 1,000 filters to 100,000.
func TestWorkGrowsSlowerThanFilters(t *testing.T) {
	if underRace {
		t.Skip("takes a minute")
	}
	w := workload.New(1, 0.5)
	matchers, warm, entries := must(t)(w.Matchers(100_000)), w.Entries(10_000), w.Entries(2000)
	work := func(n int) float64 {
		got := count(filled(matchers[:n], warm), entries)
		return got.candidates + got.regexes
	}
	const decades, most = 2, 0.85
	if exponent := math.Log10(work(100_000)/work(1000)) / decades; exponent > most {
		t.Errorf("the work grows with exponent %.2f, want at most %v", exponent, most)
	}
}
