package filter

import (
	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// predicate is a question about an entry that is answered by yes or no. There is one
// kind a file. All are immutable and safe for concurrent use.
type predicate interface {
	match(e *entry.Entry) bool
	cost() Cost
	// appendText appends the canonical text, a restriction that a "-" can stand before.
	appendText(b []byte) []byte
	// requirements returns what must hold for the predicate to be true: all of these.
	requirements() []Requirement
}

// expr is a tree of predicates. Its zero value is an "all" of nothing: everything.
//
// The parser makes trees of any form. In the normal form, which every [Matcher] keeps
// and which a shared index of many filters is to be built from: not stands on leaves
// alone; no "all" is in an "all" and no "any" in an "any"; parts are at least two,
// sorted by cost and then text, each once; at most one of them is a severity set.
type expr struct {
	kind exprKind
	// not negates the expression.
	not bool
	// parts are set for all and any, leaf for leaf.
	parts []expr
	leaf  predicate
}

type exprKind uint8

const (
	// allOf is true if all parts are.
	allOf exprKind = iota
	// anyOf is true if one part is.
	anyOf
	// leafOf is a predicate.
	leafOf
)

func leaf(p predicate) expr { return expr{kind: leafOf, leaf: p} }

func all(parts ...expr) expr { return join(allOf, parts) }

func anyOne(parts ...expr) expr { return join(anyOf, parts) }

// join makes a tree of parts, of which there is at least one.
func join(kind exprKind, parts []expr) expr {
	if len(parts) == 1 {
		return parts[0]
	}
	return expr{kind: kind, parts: parts}
}

func negate(x expr) expr {
	x.not = !x.not
	return x
}

func (x *expr) isEverything() bool { return x.kind == allOf && len(x.parts) == 0 && !x.not }

// match evaluates the parts in their order and stops at the first that decides.
func (x *expr) match(e *entry.Entry) bool {
	switch x.kind {
	case leafOf:
		return x.leaf.match(e) != x.not
	case allOf:
		for i := range x.parts {
			if !x.parts[i].match(e) {
				return x.not
			}
		}
		return !x.not
	case anyOf:
		for i := range x.parts {
			if x.parts[i].match(e) {
				return !x.not
			}
		}
	}
	return x.not
}
