package index

import (
	"slices"

	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// predicateID is the place of a predicate among those that all groups share. Ids are
// used again.
type predicateID uint32

// predicates are the questions that the rests of the groups ask, each once, and the
// answers for the entry that is being matched.
type predicates struct {
	byText map[string]predicateID
	list   []shared
	free   []predicateID
	// verdicts are the answers: the epoch of the entry and, in the lowest bits, whether the
	// answer is known, and which it is.
	verdicts []uint32
}

type shared struct {
	predicate filter.Predicate
	text      string
	uses      uint32
	// required are texts of messages: of each set one must occur, or the predicate is
	// false.
	required [][]literalID
}

// share returns the id of a predicate, for one more to use, and whether it is the first.
func (x *predicates) share(p filter.Predicate) (id predicateID, first bool) {
	text := p.Text()
	if id, ok := x.byText[text]; ok {
		x.list[id].uses++
		return id, false
	}
	id = predicateID(len(x.list)) //nolint:gosec // G115: memory ends first.
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
	x.list[id] = shared{predicate: p, text: text, uses: 1}
	// An answer to another question, about the last entry, must not be taken for one to
	// this; the next entry has another epoch, but for that of a Set that begins anew.
	x.verdicts[id] = 0
	return id, true
}

// acquire returns the id of a predicate, for one more to use.
func (x *engine) acquire(p filter.Predicate) predicateID {
	id, first := x.predicates.share(p)
	if !first {
		return id
	}
	for _, r := range p.Requirements() {
		if r.Atoms[0].Kind != filter.Contains || r.Atoms[0].Field != filter.MessageField {
			continue
		}
		set := make([]literalID, len(r.Atoms))
		for i := range r.Atoms {
			set[i] = x.catalogue.acquire(r.Atoms[i].Text, &x.rates)
		}
		s := &x.predicates.list[id]
		s.required = append(s.required, set)
	}
	return id
}

// drop ends one use of a predicate.
func (x *engine) drop(id predicateID) {
	s := &x.predicates.list[id]
	if s.uses--; s.uses > 0 {
		return
	}
	for _, set := range s.required {
		for _, text := range set {
			x.catalogue.release(text)
		}
	}
	delete(x.predicates.byText, s.text)
	*s = shared{}
	x.predicates.free = append(x.predicates.free, id)
}

const (
	verdictTrue  = 1
	verdictKnown = 2
	verdictBits  = 2
)

// holds tells whether a predicate is true of the entry, if that is known: it is not where
// it takes more work than an entry may.
func (x *engine) holds(id predicateID) (holds, known bool) {
	verdict := x.predicates.verdicts[id]
	if verdict>>verdictBits != x.epoch {
		verdict = x.judge(&x.predicates.list[id])
		x.predicates.verdicts[id] = verdict
	}
	return verdict&verdictTrue != 0, verdict&verdictKnown != 0
}

func (x *engine) judge(s *shared) (verdict uint32) {
	verdict = x.epoch<<verdictBits | verdictKnown
	if !x.occur(s.required) {
		return verdict
	}
	holds, work, known := s.predicate.JudgeWithin(x.entry, x.allowed)
	switch {
	case !known:
		x.stats.Deferred++
		return verdict &^ verdictKnown
	case holds:
		verdict |= verdictTrue
	}
	if work > 0 {
		x.stats.Regexes++
	}
	return verdict
}

// occur tells whether of each set a text occurs in the message.
func (x *engine) occur(sets [][]literalID) bool {
	for _, set := range sets {
		if !slices.ContainsFunc(set, x.occurs) {
			return false
		}
	}
	return true
}

// occurs tells whether a text occurs in the message.
func (x *engine) occurs(id literalID) bool {
	return x.catalogue.fields[filter.MessageField].grams.literals[id].seen == x.epoch
}
