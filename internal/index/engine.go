package index

import (
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// engine finds the groups that match an entry. It knows nothing of subscribers.
type engine struct {
	groups []group
	free   []groupID
	live   []groupID
	// byFilter finds a group by the canonical text of its filter.
	byFilter map[string]groupID

	catalogue  catalogue
	predicates predicates
	rates      rates
	// allowed is what is left of the work that may be done; nil is no limit.
	allowed *filter.Allowance
	stats   Stats

	// The rest is about the entry that is being matched.

	entry    *entry.Entry
	severity uint
	// epoch is the number of the entry. What bears it was found out about this entry.
	epoch uint32
	hits  []groupID
	// undecided are groups that may match: see Set.Allow. unknown tells that the group that
	// is being looked at asks for what is not known.
	undecided []groupID
	unknown   bool
	// misfiled are groups that may be found less often elsewhere.
	misfiled []groupID
	// inMessage are the texts that occur in the message, found those in another field.
	inMessage, found []literalID
	folded           []byte
}

const (
	// scanned is how many groups are evaluated one by one, which is faster than to fold
	// the message and to look up each attribute. Measured on ordinary filters, the times
	// are equal at 10 groups.
	scanned = 8
	// maxEpoch is the last epoch before they begin anew; two bits of a verdict are its
	// answer.
	maxEpoch = 1<<(32-verdictBits) - 1
	// maxFolded is how large a buffer for folded text may stay, in bytes.
	maxFolded = 64 << 10
)

// join returns the group of a filter, which is made if it is the first of its kind. The
// caller adds members at once: a group is there for as long as it has one.
func (x *engine) join(m *filter.Matcher) groupID {
	if id, ok := x.byFilter[m.Canonical()]; ok {
		return id
	}
	id := groupID(len(x.groups)) //nolint:gosec // G115: memory ends first.
	if n := len(x.free); n > 0 {
		id, x.free = x.free[n-1], x.free[:n-1]
	} else {
		x.groups = append(x.groups, group{})
	}
	if x.byFilter == nil {
		x.byFilter = make(map[string]groupID)
	}
	x.byFilter[m.Canonical()] = id
	x.groups[id] = group{matcher: m, order: uint32(len(x.live))} //nolint:gosec // G115: memory ends first.
	x.live = append(x.live, id)
	x.file(id)
	return id
}

// leave ends a group.
func (x *engine) leave(id groupID) {
	g := &x.groups[id]
	x.unfile(id)
	delete(x.byFilter, g.matcher.Canonical())
	x.groups[x.live[len(x.live)-1]].order = g.order
	x.live = swapOut(x.live, int(g.order))
	*g = group{}
	x.free = append(x.free, id)
}

// file puts a group where it is found, and compiles what is left of its filter then.
func (x *engine) file(id groupID) {
	g := &x.groups[id]
	p := x.rates.plan(g.matcher)
	g.severities = p.severities
	if g.severities == 0 {
		return // a filter that nothing matches is found nowhere
	}
	g.rest = x.compile(p.rest)
	x.catalogue.file(p.atoms, g, id, &x.rates)
}

func (x *engine) unfile(id groupID) {
	g := &x.groups[id]
	x.catalogue.unfile(g, id)
	x.release(g.rest)
}

// match returns the groups that match an entry, each once, and leaves those that may do so
// in undecided. Both are valid until the next call.
func (x *engine) match(e *entry.Entry) []groupID {
	x.hits, x.undecided = x.hits[:0], x.undecided[:0]
	if x.stats.Entries++; x.stats.Entries%sampling == 1 && len(x.live) > 0 {
		x.learn(e)
	}
	if len(x.live) <= scanned {
		x.scan(e)
	} else {
		x.begin(e)
		x.offer(x.catalogue.rest)
		x.lookUpFields()
		x.lookUpAttributes()
		x.entry = nil
		x.refile()
	}
	x.stats.Groups += uint64(len(x.hits) + len(x.undecided))
	return x.hits
}

// scan evaluates every filter alone.
func (x *engine) scan(e *entry.Entry) {
	x.stats.Candidates += uint64(len(x.live))
	for _, id := range x.live {
		if may, sure := x.groups[id].matcher.MatchWithin(e, x.allowed); may {
			x.hit(id, sure)
		}
	}
}

func (x *engine) begin(e *entry.Entry) {
	if x.epoch == maxEpoch {
		x.forget()
	}
	x.epoch++
	x.entry, x.severity = e, uint(e.Severity)
	// Before all else: the rests of all filters ask for what is found.
	x.inMessage = x.inMessage[:0]
	if s := x.catalogue.fields[filter.MessageField]; s != nil {
		x.inMessage = x.search(x.inMessage, s, e.Message)
	}
}

// forget lets the epochs begin anew.
func (x *engine) forget() {
	x.epoch = 0
	clear(x.predicates.verdicts)
	for i := range x.groups {
		x.groups[i].seen = 0
	}
	x.catalogue.forget()
}

// offer looks at the groups of a list that want the entry's severity.
func (x *engine) offer(list postings) {
	for _, p := range list {
		if p.lowest() > int(x.severity) {
			return
		}
		if p.severities>>x.severity&1 == 0 {
			continue
		}
		if p.severities&certain != 0 {
			x.stats.Candidates++
			x.hits = append(x.hits, p.group)
			continue
		}
		g := &x.groups[p.group]
		if g.seen == x.epoch {
			continue
		}
		g.seen = x.epoch
		x.stats.Candidates++
		x.unknown = false
		if x.all(g.rest) {
			x.hit(p.group, !x.unknown)
		} else {
			x.miss(p.group)
		}
	}
}

// hit notes that a group matches, or may do so.
func (x *engine) hit(id groupID, sure bool) {
	if sure {
		x.hits = append(x.hits, id)
	} else {
		x.undecided = append(x.undecided, id)
	}
}

// fold returns a text folded, with padding behind it, in a buffer that the next call uses
// again.
func (x *engine) fold(text string) []byte {
	x.folded = filter.AppendFolded(x.folded[:0], text)
	n := len(x.folded)
	x.folded = append(x.folded, make([]byte, padding)...)
	folded := x.folded[:n]
	if cap(x.folded) > maxFolded {
		x.folded = nil
	}
	return folded
}
