package index_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
	"github.com/seed-2f16ea30/logsieve/internal/index"
	"github.com/seed-2f16ea30/logsieve/internal/index/workload"
)

// BenchmarkGrowth shows what an entry costs against more and more standing filters,
// beside the evaluation of every filter alone by the same code, in the same run, on the
// time of the thread: compare the ratios, not the nanoseconds.
func BenchmarkGrowth(b *testing.B) {
	for _, share := range []float64{0, 0.5, 0.9} {
		for n := 1; n <= 100_000; n *= 10 {
			if n == 10 {
				continue
			}
			b.Run(fmt.Sprintf("share=%v/filters=%d", share, n), func(b *testing.B) {
				w := workload.New(1, share)
				benchmarkGrowth(b, must(b)(w.Matchers(n)), w.Traffic)
			})
		}
	}
}

// BenchmarkSelective shows that filters of one kind, of which an entry matches hardly
// any, cost as good as nothing.
func BenchmarkSelective(b *testing.B) {
	for _, kind := range workload.AllSelective() {
		for n := 1000; n <= 100_000; n *= 10 {
			b.Run(fmt.Sprintf("%s/filters=%d", kind.Name, n), func(b *testing.B) {
				benchmarkGrowth(b, must(b)(kind.Matchers(n)), workload.NewTraffic(1))
			})
		}
	}
}

func benchmarkGrowth(b *testing.B, matchers []*filter.Matcher, w *workload.Traffic) {
	b.Helper()
	n := len(matchers)
	warm, entries := w.Entries(20_000), w.Entries(1000)

	var set index.Set[*int]
	before := heap()
	places := make([]*index.Member, n)
	// The index learns what is rare from the first half of the traffic.
	nobody := new(int)
	places[0] = set.Add(matchers[0], nobody)
	for _, e := range warm {
		set.AppendMatches(nil, e)
	}
	adding := threadTime(func() {
		for i, m := range matchers[1:] {
			places[i+1] = set.Add(m, nobody)
		}
	})
	perSubscriber := float64(heap()-before) / float64(n)
	for _, e := range warm {
		set.AppendMatches(nil, e)
	}

	linear := linearTime(matchers, entries)
	var hits []*int
	old, subscribers, i := set.Stats(), 0, 0
	b.ReportAllocs()
	spent := threadTime(func() {
		for b.Loop() {
			hits = set.AppendMatches(hits[:0], entries[i%len(entries)])
			subscribers += len(hits)
			i++
		}
	})
	report(b, set.Stats(), old, subscribers)
	perEntry := float64(spent) / float64(i)
	b.ReportMetric(float64(linear), "linear-ns/entry")
	b.ReportMetric(perEntry, "ns/entry")
	b.ReportMetric(float64(linear)/perEntry, "ratio")
	b.ReportMetric(float64(set.Len()), "distinct")
	b.ReportMetric(perSubscriber, "B/subscriber")
	removing := threadTime(func() {
		for _, p := range places {
			set.Remove(p)
		}
	})
	b.ReportMetric(float64(adding)/1e3/float64(n), "µs/add")
	b.ReportMetric(float64(removing)/1e3/float64(n), "µs/remove")
	b.ReportMetric(0, "ns/op") // the wall's, on a machine that others share
	runtime.KeepAlive(matchers)
}

// report reports the deterministic counts of an entry.
func report(b *testing.B, now, old index.Stats, subscribers int) {
	b.Helper()
	entries := float64(now.Entries - old.Entries)
	b.ReportMetric(float64(now.Groups-old.Groups)/entries, "groups/entry")
	b.ReportMetric(float64(now.Candidates-old.Candidates)/entries, "candidates/entry")
	b.ReportMetric(float64(now.Compared-old.Compared)/entries, "compared/entry")
	b.ReportMetric(float64(now.Regexes-old.Regexes)/entries, "regexes/entry")
	b.ReportMetric(float64(subscribers)/entries, "subscribers/entry")
}

// linearTime returns what an entry costs if every subscriber's filter is evaluated.
func linearTime(matchers []*filter.Matcher, entries []*entry.Entry) time.Duration {
	const enough, atOnce = 300 * time.Millisecond, 10_000
	judged, matched := 0, 0
	var spent time.Duration
	for spent < enough {
		spent += threadTime(func() {
			for range max(1, atOnce/len(matchers)) {
				e := entries[judged%len(entries)]
				for _, m := range matchers {
					if m.Match(e) {
						matched++
					}
				}
				judged++
			}
		})
	}
	return spent / time.Duration(judged)
}

// threadTime returns how much processor time f takes.
func threadTime(f func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	now := func() time.Duration {
		var t unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
			panic(err)
		}
		return time.Duration(t.Nano())
	}
	begin := now()
	f()
	return now() - begin
}

// heap returns how many bytes are in use.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
