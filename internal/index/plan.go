package index

import (
	"slices"

	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// plan is how a filter is found and what is left of it then.
type plan struct {
	// severities are those that an entry must have one of, a bit each.
	severities uint32
	// atoms are its anchor: the filter is true only if one of them holds. None means that
	// there is no such thing.
	atoms []filter.Atom
	// rate estimates the part of all entries for which one of them holds.
	rate float64
	// rest must all be true where an atom and the severity hold.
	rest []filter.Node
}

// anchor is a condition that is necessary for a node, in atoms of which one must hold.
type anchor struct {
	atoms []filter.Atom
	// rate estimates the part of all entries for which one of them holds.
	rate float64
	// exact means that the node is true wherever one of them holds.
	exact bool
}

// plan finds the rarest anchor of a filter.
func (r *rates) plan(m *filter.Matcher) plan {
	p := plan{severities: everySeverity}
	best, at := anchor{}, -1
	for part := range m.Parts() {
		severities, exact := part.Severities()
		p.severities &= severities
		if exact {
			continue // judged with the posting
		}
		p.rest = append(p.rest, part)
		if a, ok := r.anchor(part); ok && (at < 0 || a.rate < best.rate) {
			best, at = a, len(p.rest)-1
		}
	}
	p.atoms, p.rate = best.atoms, best.rate
	if at >= 0 && best.exact {
		p.rest = slices.Delete(p.rest, at, at+1)
	}
	return p
}

// everySeverity has the bits of all, unknown included.
const everySeverity = 1<<25 - 1

// anchor finds the rarest anchor of a node. It returns false if there is none.
func (r *rates) anchor(n filter.Node) (anchor, bool) {
	if p, negated, ok := n.Leaf(); ok {
		if negated {
			return anchor{}, false
		}
		return r.anchorOfPredicate(p)
	}
	if n.IsAny() {
		return r.anchorOfAny(n)
	}
	best, found := anchor{}, false
	for part := range n.Parts() {
		if a, ok := r.anchor(part); ok && (!found || a.rate < best.rate) {
			best, found = a, true
		}
	}
	best.exact = false
	return best, found
}

// anchorOfAny joins the anchors of all parts: each of them must have one.
func (r *rates) anchorOfAny(n filter.Node) (anchor, bool) {
	union := anchor{exact: true}
	for part := range n.Parts() {
		a, ok := r.anchor(part)
		if !ok {
			return anchor{}, false
		}
		union.rate += a.rate
		union.exact = union.exact && a.exact
		for _, atom := range a.atoms {
			if !slices.Contains(union.atoms, atom) {
				union.atoms = append(union.atoms, atom)
			}
		}
	}
	return union, true
}

// anchorOfPredicate returns the rarest of what a predicate requires.
func (r *rates) anchorOfPredicate(p filter.Predicate) (anchor, bool) {
	best, found := anchor{}, false
	for _, required := range p.Requirements() {
		rate := 0.0
		for i := range required.Atoms {
			rate += r.of(&required.Atoms[i])
		}
		if !found || rate < best.rate {
			best, found = anchor{required.Atoms, rate, required.Exact}, true
		}
	}
	return best, found
}
