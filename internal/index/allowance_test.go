package index_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// TestAllowedWork matches with little work allowed: every filter that selects the entry is
// found, and of the others only such as cannot be decided without a regular expression.
func TestAllowedWork(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	choose := chooser{random.IntN}
	for _, most := range []int{6, 200} { // so few are evaluated each alone
		var c checked
		var allowed filter.Allowance
		c.set.Allow(&allowed)
		undecided := 0
		for len(c.live) < most {
			c.add(choose.filter())
		}
		for range 2000 {
			c.remove(random.IntN(len(c.live)))
			c.add(choose.filter())
			e := choose.entry()
			work := filter.Work(random.IntN(200))
			allowed.Left = work
			got := c.set.AppendMatches(nil, e)
			if allowed.Left < 0 || allowed.Left > work {
				t.Fatalf("seed %d: of %d allowed, %d is left", seed, work, allowed.Left)
			}
			for _, s := range c.live {
				found, selects := slices.Contains(got, s.name), s.matcher.Match(e)
				_, sure := s.matcher.MatchWithin(e, &filter.Allowance{})
				if selects && !found || found && !selects && sure {
					t.Fatalf("seed %d: %s\nis found %t for %s, it selects it %t", seed, s.matcher.Canonical(), found, describe(e), selects)
				}
			}
			for i, name := range got {
				at := slices.IndexFunc(c.live, func(s subscriber) bool { return s.name == name })
				if i < len(got)-c.set.Undecided() && !c.live[at].matcher.Match(e) {
					t.Fatalf("seed %d: %s\nis said to select %s for sure", seed, c.live[at].matcher.Canonical(), describe(e))
				}
			}
			undecided += c.set.Undecided()
		}
		if undecided == 0 {
			t.Error("everything was decided: the test shows nothing")
		}
	}
}
