package index

import (
	"slices"

	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// program is the rest of a filter: what must all be true. It is a tree in one piece of
// memory: a node is followed by its parts.
type program []instruction

// instruction is a node: whether it is negated in the lowest bit, its operation in the
// next ones and, above, the text or the predicate that it asks for, or the number of
// instructions that are its parts.
type instruction uint32

const (
	negated = 1

	opText = 0 << 1 // the text occurs in the message
	opTest = 1 << 1 // the predicate is true
	opAll  = 2 << 1 // all parts are true
	opAny  = 3 << 1 // one part is true

	opMask = 3 << 1
	opBits = 3
)

func (i instruction) op() instruction { return i & opMask }

func (i instruction) operand() int { return int(i >> opBits) }

// compile makes the program of nodes that must all be true, with a use of each of their
// texts and predicates.
func (x *engine) compile(nodes []filter.Node) program {
	var p program
	for _, n := range nodes {
		p = x.append(p, n)
	}
	return slices.Clip(p)
}

func (x *engine) append(p program, n filter.Node) program {
	if predicate, not, ok := n.Leaf(); ok {
		leaf := x.leaf(predicate)
		if not {
			leaf |= negated
		}
		return append(p, leaf)
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

// leaf returns the instruction of a predicate. A text in the message is looked for
// together with all others, so that to ask for it costs nothing more.
func (x *engine) leaf(p filter.Predicate) instruction {
	if r := p.Requirements(); len(r) == 1 && r[0].Exact && len(r[0].Atoms) == 1 {
		if a := &r[0].Atoms[0]; a.Kind == filter.Contains && a.Field == filter.MessageField {
			return instruction(x.catalogue.acquire(a.Text, &x.rates))<<opBits | opText
		}
	}
	return instruction(x.acquire(p))<<opBits | opTest
}

// release ends the uses that compile began.
func (x *engine) release(p program) {
	for _, i := range p {
		switch i.op() {
		case opText:
			x.catalogue.release(literalID(i.operand())) //nolint:gosec // G115: it was one.
		case opTest:
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
	not, n := first&negated != 0, first.operand()
	switch first.op() {
	case opText:
		return x.occurs(literalID(n)) != not, rest //nolint:gosec // G115: it was one.
	case opTest:
		holds, known := x.holds(predicateID(n)) //nolint:gosec // G115: it was one.
		if !known {
			x.unknown = true
			return true, rest // as the filter needs it
		}
		return holds != not, rest
	case opAll:
		return x.all(rest[:n]), rest[n:]
	}
	return x.anyOf(rest[:n]), rest[n:]
}
