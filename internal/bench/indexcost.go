package bench

import (
	"math"
	"runtime"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/bench/process"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
	"github.com/seed-2f16ea30/logsieve/internal/index"
	"github.com/seed-2f16ea30/logsieve/internal/index/workload"
)

const (
	// filtersShare is the part of the subscribers that use a filter which others use too.
	filtersShare = 0.5
	// warmEntries are what the index learns the traffic from, before and after it is
	// filled.
	warmEntries = 20_000
	// matchedEntries are matched, again and again, for at least matchTime in each of
	// matchRounds.
	matchedEntries = 1000
	matchTime      = 40 * time.Millisecond
	matchRounds    = 5
)

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

// perEntry repeats something that handles n entries in a few rounds, and returns what one
// has cost in the best of them, in microseconds: what others do on the machine to its
// caches makes a round dearer, and none cheaper.
func perEntry(n int, do func()) (float64, error) {
	best := math.Inf(1)
	for range matchRounds {
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
		best = min(best, micros(total)/float64(handled))
	}
	return best, nil
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
