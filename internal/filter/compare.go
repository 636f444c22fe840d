package filter

import "cmp"

// compares tells whether a stands in this relation to b.
func compares[T cmp.Ordered](op operator, a, b T) bool {
	switch op {
	case opEqual:
		return a == b
	case opLess:
		return a < b
	case opLessEqual:
		return a <= b
	case opGreater:
		return a > b
	case opGreaterEqual:
		return a >= b
	case opNotEqual, opHas, opMatch, opNotMatch:
		// Compiled to other predicates.
	}
	return false
}
