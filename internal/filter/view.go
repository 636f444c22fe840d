package filter

import (
	"iter"
)

// Node is a part of a filter, for an index of many filters to read. It is a tree whose
// negations stand on leaves alone.
type Node struct{ x *expr }

// Parts returns the parts that must all be true for the filter to select an entry, in
// the order in which Match evaluates them. There are none if it selects everything, and
// several if it is an "all" or was made by [And].
func (m *Matcher) Parts() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for i := range m.steps {
			step := Node{&m.steps[i]}
			if step.x.kind != allOf {
				if !yield(step) {
					return
				}
				continue
			}
			for part := range step.Parts() {
				if !yield(part) {
					return
				}
			}
		}
	}
}

// IsAny tells whether the node is true if one of its parts is, rather than if all are.
func (n Node) IsAny() bool { return n.x.kind == anyOf }

// Parts returns the parts, cheap ones first. There are none in a leaf.
func (n Node) Parts() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for i := range n.x.parts {
			if !yield(Node{&n.x.parts[i]}) {
				return
			}
		}
	}
}

// Leaf returns the node's predicate and whether it is negated. It returns false if the
// node is not a leaf.
func (n Node) Leaf() (p Predicate, negated, ok bool) {
	if n.x.kind != leafOf {
		return Predicate{}, false, false
	}
	return Predicate{n.x.leaf}, n.x.not, true
}

// Severities returns the severities that an entry must have one of, a bit each, for the
// node to be true; exact means that this is sufficient, too. Bit 0 stands for unknown.
func (n Node) Severities() (set uint32, exact bool) {
	if n.x.kind == leafOf {
		if set, ok := n.x.leaf.(severitySet); ok {
			return uint32(set), true // The normal form has no negated ones.
		}
		return uint32(everySeverity), false
	}
	set = uint32(everySeverity)
	if n.x.kind == anyOf {
		set = 0
	}
	for part := range n.Parts() {
		switch of, _ := part.Severities(); n.x.kind {
		case allOf:
			set &= of
		case anyOf, leafOf:
			set |= of
		}
	}
	return set, false
}

// Predicate is a question about an entry. It is immutable and safe for concurrent use.
type Predicate struct{ p predicate }

// Text returns the predicate as a query. Two with the same text are the same.
func (p Predicate) Text() string { return string(p.p.appendText(nil)) }

// Requirements returns what must hold of an entry for the predicate to be true, in
// atoms: all of these. There are none if it cannot be said in atoms.
func (p Predicate) Requirements() []Requirement { return p.p.requirements() }
