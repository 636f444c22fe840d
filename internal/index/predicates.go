package index

import "github.com/seed-2f16ea30/logsieve/internal/filter"

// predicateID is the place of a predicate among those that all groups share. Ids are
// used again.
type predicateID uint32

// predicates are the questions that the rests of the groups ask, each once, and the
// answers for the entry that is being matched.
type predicates struct {
	byText map[string]predicateID
	list   []shared
	free   []predicateID
	// verdicts are the answers: the epoch of the entry, and in the lowest bit the answer.
	verdicts []uint32
}

type shared struct {
	predicate filter.Predicate
	text      string
	uses      uint32
}

// share returns the id of a predicate, for one more to use.
func (x *predicates) share(p filter.Predicate) predicateID {
	text := p.Text()
	if id, ok := x.byText[text]; ok {
		x.list[id].uses++
		return id
	}
	id := predicateID(len(x.list)) //nolint:gosec // G115: memory ends first.
	if n := len(x.free); n > 0 {
		id, x.free = x.free[n-1], x.free[:n-1]
	} else {
		x.list = append(x.list, shared{})
		x.verdicts = append(x.verdicts, 0)
	}
	if x.byText == nil {
		x.byText = make(map[string]predicateID)
	}
	x.byText[text] = id
	x.list[id] = shared{p, text, 1}
	// An answer to another question, about the last entry, must not be taken for one to
	// this; the next entry has another epoch, but for that of a Set that begins anew.
	x.verdicts[id] = 0
	return id
}

// drop ends one use of a predicate.
func (x *predicates) drop(id predicateID) {
	s := &x.list[id]
	if s.uses--; s.uses == 0 {
		delete(x.byText, s.text)
		*s = shared{}
		x.free = append(x.free, id)
	}
}

// holds tells whether a predicate is true of the entry.
func (x *engine) holds(id predicateID) bool {
	if v := x.predicates.verdicts[id]; v>>1 == x.epoch {
		return v&1 != 0
	}
	holds, ran := x.predicates.list[id].predicate.Judge(x.entry)
	verdict := x.epoch << 1
	if holds {
		verdict |= 1
	}
	x.predicates.verdicts[id] = verdict
	if ran {
		x.stats.Regexes++
	}
	return holds
}
