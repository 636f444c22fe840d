package filter

import (
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// programSize returns an upper bound of the number of instructions that a regular
// expression compiles to, or more than MaxRegexInstructions where it is more.
func programSize(re *syntax.Regexp) int {
	const frame = 2 // fail, match
	return frame + instructions(re)
}

func instructions(re *syntax.Regexp) int {
	n := 0
	for _, sub := range re.Sub {
		n = min(n+instructions(sub), MaxRegexInstructions+1)
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
	return min(max(n, 1), MaxRegexInstructions+1)
}

// repeated returns the instructions of a repetition of n instructions: x{2,5} is
// xx(x(x(x)?)?)?, x{2,} is xx+, and x{0,} is x*. No end is -1.
func repeated(n, least, most int) int {
	if most < 0 {
		return n*max(least, 1) + 2
	}
	return n*most + most - least
}

// requiredText returns a search for a text that occurs in every text which the regular
// expression matches: the longest literal that is on every way through it. It is nil if
// there is none worth a search.
func requiredText(re *syntax.Regexp) *search {
	longest := requiredLiteral(re)
	const worth = 2
	if longest == nil || len(longest.Rune) < worth {
		return nil
	}
	text := string(longest.Rune)
	if longest.Flags&syntax.FoldCase != 0 {
		return newSearch(text)
	}
	return newExactSearch(text)
}

// requiredLiteral returns the longest literal that must be passed, nil if there is none.
func requiredLiteral(re *syntax.Regexp) *syntax.Regexp {
	switch re.Op { // The rest can be passed without any literal, or has none.
	case syntax.OpLiteral:
		if slices.Contains(re.Rune, utf8.RuneError) { // which is also found in invalid UTF-8
			return nil
		}
		return re
	case syntax.OpRepeat:
		if re.Min == 0 {
			return nil
		}
	case syntax.OpCapture, syntax.OpPlus, syntax.OpConcat:
	default:
		return nil
	}
	var longest *syntax.Regexp
	for _, sub := range re.Sub {
		if l := requiredLiteral(sub); l != nil && (longest == nil || len(l.Rune) > len(longest.Rune)) {
			longest = l
		}
	}
	return longest
}
