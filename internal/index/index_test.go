package index_test

import (
	"fmt"
	"slices"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
	"github.com/seed-2f16ea30/logsieve/internal/index"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestSetEqualsEachFilterAlone adds and removes subscribers at random and holds what the
// set says of each entry against the evaluation of every filter on its own.
func TestSetEqualsEachFilterAlone(t *testing.T) {
	queries := []string{"", "severity>=ERROR", "service=a", "service=b", "service=a-*", "timeout", "-timeout", "a OR b"}
	matchers := make([]*filter.Matcher, len(queries))
	for i, q := range queries {
		m, err := filter.Parse(q)
		if err != nil {
			t.Fatal(err)
		}
		matchers[i] = m
	}
	rapid.Check(t, func(t *rapid.T) {
		var set index.Set[int]
		model := map[int]*filter.Matcher{}
		next := 0
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				m := rapid.SampledFrom(matchers).Draw(t, "filter")
				model[next] = m
				set.Add(m, next)
				next++
			},
			"remove": func(t *rapid.T) {
				if len(model) == 0 {
					t.Skip("nobody there")
				}
				who := rapid.SampledFrom(sortedKeys(model)).Draw(t, "who")
				set.Remove(model[who], who)
				delete(model, who)
			},
			"remove a stranger": func(t *rapid.T) {
				set.Remove(rapid.SampledFrom(matchers).Draw(t, "filter"), -1)
			},
			"match": func(t *rapid.T) {
				e := &entry.Entry{
					Message:  rapid.SampledFrom([]string{"a", "b", "timeout", "Timeout of a", "none"}).Draw(t, "message"),
					Service:  rapid.SampledFrom([]string{"", "a", "b", "a-1"}).Draw(t, "service"),
					Severity: rapid.SampledFrom([]entry.Severity{0, entry.Info, entry.Error, entry.Fatal}).Draw(t, "severity"),
				}
				var want []int
				for who, m := range model {
					if m.Match(e) {
						want = append(want, who)
					}
				}
				slices.Sort(want)
				got := set.AppendMatches(nil, e)
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Fatalf("%v matched %v, alone they match %v", e.Message, got, want)
				}
			},
		})
	})
}

func sortedKeys(m map[int]*filter.Matcher) []int {
	keys := make([]int, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// BenchmarkAppendMatches shows what an entry costs with many different filters, and with
// as many viewers of the same one.
func BenchmarkAppendMatches(b *testing.B) {
	e := &entry.Entry{Message: "GET /cart took 31 ms", Service: "cart", Severity: entry.Info}
	for _, distinct := range []int{1, 100, 1000} {
		b.Run(fmt.Sprintf("distinct=%d", distinct), func(b *testing.B) {
			var set index.Set[int]
			for i := range 1000 {
				m, err := filter.Parse(fmt.Sprintf("service=svc-%d", i%distinct))
				if err != nil {
					b.Fatal(err)
				}
				set.Add(m, i)
			}
			var hits []int
			b.ReportAllocs()
			for b.Loop() {
				hits = set.AppendMatches(hits[:0], e)
			}
		})
	}
}
