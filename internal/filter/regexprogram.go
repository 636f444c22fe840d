package filter

import "regexp/syntax"

// programSize returns an upper bound of the number of instructions that a regular
// expression compiles to, or more than MostInstructions where it is more.
func programSize(re *syntax.Regexp) int {
	const frame = 2 // fail, match
	return frame + instructions(re)
}

func instructions(re *syntax.Regexp) int {
	n := 0
	for _, sub := range re.Sub {
		n = min(n+instructions(sub), MostInstructions+1)
	}
	switch re.Op { //nolint:exhaustive // The rest is one instruction.
	case syntax.OpLiteral:
		n = len(re.Rune)
	case syntax.OpCapture, syntax.OpStar, syntax.OpPlus, syntax.OpQuest:
		n += 2
	case syntax.OpAlternate:
		n += len(re.Sub) // a branch to each
	case syntax.OpRepeat:
		n = repeated(n, re.Min, re.Max)
	}
	return min(max(n, 1), MostInstructions+1)
}

// repeated returns the instructions of a repetition of n instructions: x{2,5} is
// xx(x(x(x)?)?)?, x{2,} is xx+, and x{0,} is x*. No end is -1.
func repeated(n, least, most int) int {
	if most < 0 {
		return n*max(least, 1) + 2
	}
	return n*most + most - least
}
