package filter

import "slices"

// Atom is a fact about one field of an entry that can be looked up among very many
// others: what an index of filters files them under.
type Atom struct {
	Kind  AtomKind
	Field FieldKind
	// Key is the attribute's key, set for AttributeField alone.
	Key string
	// Text is set for the kinds that have one.
	Text string
	// Bound is set for AtLeast and AtMost: nanoseconds since 1970 for TimestampField,
	// else a number in the order of [Number].
	Bound int64
}

// AtomKind is what an atom says of its field. All but AtLeast and AtMost are said of
// fields that have a text.
type AtomKind uint8

const (
	// Equals says that the field's text is Text.
	Equals AtomKind = iota + 1
	// Begins says that the field's text begins with Text, which is not empty.
	Begins
	// Contains says that the field's text contains Text, in any case. Text is folded, see
	// [AppendFolded], and not empty.
	Contains
	// Exists says that the entry has the field.
	Exists
	// AtLeast says that the field's number or time is Bound or above it.
	AtLeast
	// AtMost says that the field's number or time is Bound or below it.
	AtMost
)

// Requirement is a condition that must hold for a predicate to be true: one of the
// atoms, of which there is at least one.
type Requirement struct {
	Atoms []Atom
	// Exact means that this is sufficient, too: the predicate is true wherever one of the
	// atoms is.
	Exact bool
}

// requires returns the requirement of one atom of this field.
func (f field) requires(kind AtomKind, text string, exact bool) []Requirement {
	return []Requirement{{Atoms: []Atom{{Kind: kind, Field: f.kind, Key: f.key, Text: text}}, Exact: exact}}
}

// bounded returns the requirements of a comparison with a number or a time. An order of
// whole numbers has no need of "above" and "below".
func (f field) bounded(op operator, bound int64) []Requirement {
	atom := func(kind AtomKind, bound int64) []Atom {
		return []Atom{{Kind: kind, Field: f.kind, Key: f.key, Bound: bound}}
	}
	switch op {
	case opLess:
		return []Requirement{{atom(AtMost, bound-1), true}}
	case opLessEqual:
		return []Requirement{{atom(AtMost, bound), true}}
	case opGreater:
		return []Requirement{{atom(AtLeast, bound+1), true}}
	case opGreaterEqual:
		return []Requirement{{atom(AtLeast, bound), true}}
	case opEqual:
		return []Requirement{{atom(AtLeast, bound), false}, {atom(AtMost, bound), false}}
	case opNotEqual, opHas, opMatch, opNotMatch:
		// Compiled to other predicates.
	}
	return nil
}

// containsOne returns the requirement that the field's text contains one of these
// texts, in any case.
func (f field) containsOne(texts []string) Requirement {
	atoms := make([]Atom, 0, len(texts))
	for _, text := range texts {
		atom := Atom{Kind: Contains, Field: f.kind, Key: f.key, Text: foldString(text)}
		if !slices.Contains(atoms, atom) {
			atoms = append(atoms, atom)
		}
	}
	return Requirement{Atoms: atoms}
}
