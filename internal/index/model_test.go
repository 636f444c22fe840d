package index_test

import (
	"flag"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
	"github.com/seed-2f16ea30/logsieve/internal/index"
)

// pairs is how many pairs of a filter and an entry TestManyPairs judges. A soak is
// go test ./internal/index -run TestManyPairs -pairs 20000000.
var pairs = flag.Int("pairs", 400_000, "pairs of a filter and an entry to judge")

// checked is a Set beside what it should say: each filter, evaluated alone.
type checked struct {
	set  index.Set[int]
	live []subscriber
	next int
}

type subscriber struct {
	name    int
	matcher *filter.Matcher
	place   *index.Member
}

func (c *checked) add(m *filter.Matcher) {
	c.live = append(c.live, subscriber{c.next, m, c.set.Add(m, c.next)})
	c.next++
}

func (c *checked) remove(i int) {
	c.set.Remove(c.live[i].place)
	c.live = slices.Delete(c.live, i, i+1)
}

// match returns how the set differs from the filters alone, "" if not at all.
func (c *checked) match(e *entry.Entry) (difference string) {
	got := c.set.AppendMatches(nil, e)
	slices.Sort(got)
	var want []int
	for _, s := range c.live { // in the order of their names
		if s.matcher.Match(e) {
			want = append(want, s.name)
		}
	}
	if slices.Equal(got, want) {
		return ""
	}
	for _, s := range c.live {
		if slices.Contains(got, s.name) != slices.Contains(want, s.name) {
			return s.matcher.Canonical() + "\nalone says " + map[bool]string{true: "yes", false: "no"}[slices.Contains(want, s.name)] + " to " + describe(e)
		}
	}
	return "somebody is in it twice: " + describe(e)
}

// fill adds filters until the set is large enough not to evaluate each alone.
func (c *checked) fill() {
	for _, id := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"} {
		m, err := filter.Parse("trace_id=f" + id)
		if err != nil {
			panic(err)
		}
		c.add(m)
	}
}

// TestSetIsItsFilters adds and removes subscribers at random and holds what the set says
// of each entry against every filter alone: of a large set, and of one that is now small
// and now large.
func TestSetIsItsFilters(t *testing.T) {
	for _, large := range []bool{false, true} {
		rapid.Check(t, func(t *rapid.T) {
			choose := chooser{func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "choice") }}
			var c checked
			if large {
				c.fill()
			}
			t.Repeat(map[string]func(*rapid.T){
				"add": func(*rapid.T) { c.add(choose.filter()) },
				"add it again": func(t *rapid.T) {
					if len(c.live) == 0 {
						t.Skip("nobody there")
					}
					c.add(c.live[choose.upTo(len(c.live))].matcher)
				},
				"remove": func(t *rapid.T) {
					if len(c.live) == 0 {
						t.Skip("nobody there")
					}
					c.remove(choose.upTo(len(c.live)))
				},
				"match": func(t *rapid.T) {
					if difference := c.match(choose.entry()); difference != "" {
						t.Fatal(difference)
					}
				},
			})
		})
	}
}

// TestManyPairs does the same with many filters at a time.
func TestManyPairs(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	choose := chooser{random.IntN}
	var c checked
	const most = 200
	for judged := 0; judged < *pairs; judged += len(c.live) {
		if random.IntN(most) >= len(c.live) {
			c.add(choose.filter())
		} else {
			c.remove(random.IntN(len(c.live)))
		}
		if difference := c.match(choose.entry()); difference != "" {
			t.Fatalf("seed %d: %s", seed, difference)
		}
	}
	for len(c.live) > 0 {
		c.remove(random.IntN(len(c.live)))
	}
	if n := c.set.Len(); n != 0 {
		t.Errorf("%d filters are left when all are removed", n)
	}
}

// FuzzSet makes filters and entries out of any bytes.
func FuzzSet(f *testing.F) {
	f.Add([]byte("timeout after"))
	f.Add([]byte{7, 1, 3, 3, 7, 0, 0, 1, 2, 250, 11, 4, 4, 9, 1, 1, 8, 5})
	f.Fuzz(func(t *testing.T, data []byte) {
		choose := chooser{func(n int) int {
			if len(data) == 0 {
				return n - 1 // where most makers of choices end
			}
			first := data[0]
			data = data[1:]
			return int(first) % n
		}}
		var c checked
		c.fill()
		for len(data) > 0 {
			c.add(choose.filter())
			if choose.upTo(4) == 0 {
				c.remove(choose.upTo(len(c.live)))
			}
			if difference := c.match(choose.entry()); difference != "" {
				t.Fatal(difference)
			}
		}
	})
}
