package index

import (
	"slices"

	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// program is the rest of a filter: what must all be true. It is a tree in one piece of
// memory: a node is followed by its parts.
type program []instruction

// instruction is a node: its operation in the lowest bits and, above, the predicate that
// it asks or the number of instructions that are its parts.
type instruction uint32

const (
	opTest    = iota // the predicate is true
	opTestNot        // it is not
	opAll            // all parts are true
	opAny            // one part is true

	opBits = 2
	opMask = 1<<opBits - 1
)

func (i instruction) op() instruction { return i & opMask }

func (i instruction) operand() int { return int(i >> opBits) }

// compile makes the program of nodes that must all be true, with a use of each of their
// predicates.
func (x *predicates) compile(nodes []filter.Node) program {
	var p program
	for _, n := range nodes {
		p = x.append(p, n)
	}
	return slices.Clip(p)
}

func (x *predicates) append(p program, n filter.Node) program {
	if predicate, negated, ok := n.Leaf(); ok {
		op := instruction(opTest)
		if negated {
			op = opTestNot
		}
		return append(p, instruction(x.share(predicate))<<opBits|op)
	}
	op := instruction(opAll)
	if n.IsAny() {
		op = opAny
	}
	at := len(p)
	p = append(p, op)
	for part := range n.Parts() {
		p = x.append(p, part)
	}
	p[at] |= instruction(len(p)-at-1) << opBits //nolint:gosec // G115: a filter has at most 64 conditions, or a few times that.
	return p
}

// release ends the uses that compile began.
func (x *predicates) release(p program) {
	for _, i := range p {
		if op := i.op(); op == opTest || op == opTestNot {
			x.drop(predicateID(i.operand())) //nolint:gosec // G115: it was one.
		}
	}
}

// all tells whether all of these are true of the entry. It stops at the first that is
// not: the order is the filter's own, in which cheap ones stand first, and somebody's
// scope before what they ask.
func (x *engine) all(p program) bool {
	for len(p) > 0 {
		holds, rest := x.evaluate(p)
		if !holds {
			return false
		}
		p = rest
	}
	return true
}

// anyOf tells whether one of these is true of the entry.
func (x *engine) anyOf(p program) bool {
	for len(p) > 0 {
		holds, rest := x.evaluate(p)
		if holds {
			return true
		}
		p = rest
	}
	return false
}

// evaluate evaluates the first node of a program, and returns what follows it.
func (x *engine) evaluate(p program) (bool, program) {
	first, rest := p[0], p[1:]
	n := first.operand()
	switch first.op() {
	case opTest:
		return x.holds(predicateID(n)), rest //nolint:gosec // G115: it was one.
	case opTestNot:
		return !x.holds(predicateID(n)), rest //nolint:gosec // G115: it was one.
	case opAll:
		return x.all(rest[:n]), rest[n:]
	}
	return x.anyOf(rest[:n]), rest[n:]
}
