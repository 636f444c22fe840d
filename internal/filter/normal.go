package filter

import (
	"cmp"
	"slices"
)

// normal returns the normal form of a tree, which holds for the same entries: see
// [expr]. Logic has two values here (a predicate is false where the field is missing,
// and its negation true), so the laws of De Morgan hold and negation can be moved down
// to the leaves.
func normal(x expr) expr { return normalize(x, false) }

// normalize returns the normal form of x, or of NOT x.
func normalize(x expr, negated bool) expr {
	negated = negated != x.not
	if x.kind == leafOf {
		if set, ok := x.leaf.(severitySet); ok && negated {
			return severityExpr(everySeverity &^ set)
		} else if ok {
			return severityExpr(set)
		}
		x.not = negated
		return x
	}
	kind := x.kind
	if negated {
		kind = allOf + anyOf - kind
	}
	parts := make([]expr, 0, len(x.parts))
	for _, part := range x.parts {
		part = normalize(part, negated)
		if part.kind == kind {
			parts = append(parts, part.parts...)
		} else {
			parts = append(parts, part)
		}
	}
	return combine(kind, parts)
}

// combine joins parts in normal form, none of which is of this kind.
func combine(kind exprKind, parts []expr) expr {
	// Severities are merged into one set. The neutral set, that of an expression with
	// no parts, disappears; its contrary decides alone.
	neutral := everySeverity
	if kind == anyOf {
		neutral = 0
	}
	severities := neutral
	parts = slices.DeleteFunc(parts, func(part expr) bool {
		set, ok := part.severities()
		switch {
		case ok && kind == allOf:
			severities &= set
		case ok:
			severities |= set
		}
		return ok
	})
	switch {
	case severities == everySeverity&^neutral || len(parts) == 0:
		return severityExpr(severities)
	case severities != neutral:
		parts = append(parts, leaf(severities))
	}
	return join(kind, sortParts(parts))
}

// severities returns the set that x is, if it is one. Everything is one.
func (x *expr) severities() (severitySet, bool) {
	if x.isEverything() {
		return everySeverity, true
	}
	set, ok := x.leaf.(severitySet)
	return set, ok
}

// severityExpr returns the tree of a set, which for every severity is the empty one.
func severityExpr(set severitySet) expr {
	if set == everySeverity {
		return expr{}
	}
	return leaf(set)
}

// sortParts puts parts in order of cost and then text, and drops those that occur twice.
func sortParts(parts []expr) []expr {
	type keyed struct {
		expr
		cost Cost
		text string
	}
	order := make([]keyed, len(parts))
	for i, part := range parts {
		order[i] = keyed{part, part.cost(), part.text(true)}
	}
	slices.SortFunc(order, func(a, b keyed) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.text, b.text))
	})
	order = slices.CompactFunc(order, func(a, b keyed) bool { return a.text == b.text })
	sorted := make([]expr, len(order))
	for i := range order {
		sorted[i] = order[i].expr
	}
	return sorted
}
