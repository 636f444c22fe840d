package index

import (
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// Where a filter is filed best depends on the traffic, of which nothing is known when
// the first filters come, and which changes. So a group that is looked at in vain again
// and again is filed anew, and the texts are gone through slowly, all the time.
const (
	// sampling is of how many entries one is sampled. Taking a sample costs about as much
	// as matching an entry against a hundred filters.
	sampling = 64
	// patience is after how many misses a group is thought about: as many as thinking
	// costs. Each time that it is found to be filed well, four times as many are needed.
	patience, patienceBits = 64, 2
	maxTries               = 12
	// gain is by what factor another anchor must be rarer for a group to move: the rates
	// are estimates, and a group must not go to and fro between two.
	gain = 2
	// texts is how many texts are gone through with each sample.
	texts = 8
	// knowledge is how many samples it takes to move anything.
	knowledge = 64
)

// learn takes a sample of the traffic, and looks whether some texts are filed well.
func (x *engine) learn(e *entry.Entry) {
	x.rates.sample(e, x.fold(e.Message))
	if s := x.catalogue.fields[filter.MessageField]; s != nil && x.rates.samples >= knowledge {
		s.grams.review(texts, &x.rates)
	}
}

// miss notes that a group was looked at in vain.
func (x *engine) miss(id groupID) {
	g := &x.groups[id]
	if g.misses++; g.misses >= patience<<(patienceBits*min(g.tries, maxTries)) && len(g.places) > 0 && x.rates.samples >= knowledge {
		g.misses = 0
		g.tries++
		x.misfiled = append(x.misfiled, id)
	}
}

// refile files groups anew that are found less often elsewhere.
func (x *engine) refile() {
	for _, id := range x.misfiled {
		g := &x.groups[id]
		now := 0.0
		for i := range g.places {
			atom := g.places[i].atom()
			now += x.rates.of(&atom)
		}
		better := x.rates.plan(g.matcher)
		if better.rate*gain > now {
			continue
		}
		x.unfile(id)
		g.tries = 0
		x.file(id)
	}
	x.misfiled = x.misfiled[:0]
}
