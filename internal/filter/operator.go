package filter

// operator is what stands between a field and a value.
type operator string

const (
	opEqual        operator = "="
	opNotEqual     operator = "!="
	opLess         operator = "<"
	opLessEqual    operator = "<="
	opGreater      operator = ">"
	opGreaterEqual operator = ">="
	// opHas is AIP-160's name for the colon.
	opHas      operator = ":"
	opMatch    operator = "=~"
	opNotMatch operator = "!~"
)

// operators in the order in which the lexer tries them: the longer first.
var operators = [...]operator{
	opNotEqual, opLessEqual, opGreaterEqual, opMatch, opNotMatch,
	opEqual, opLess, opGreater, opHas,
}

// positive returns the operator that != and !~ are the contrary of, and whether the
// operator is one of those.
func (op operator) positive() (operator, bool) {
	switch op {
	case opNotEqual:
		return opEqual, true
	case opNotMatch:
		return opMatch, true
	case opEqual, opLess, opLessEqual, opGreater, opGreaterEqual, opHas, opMatch:
	}
	return op, false
}
