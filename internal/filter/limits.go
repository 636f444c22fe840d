package filter

import (
	"cmp"
	"errors"
)

// The limits of a filter where nothing else is set, for the query and the structured
// fields together. Each is far above what people write. The worst filter within them
// compiles in 2 ms, with four regular expressions of large character classes in 30 ms.
const (
	// MaxBytes is the length of the query and of all texts of the structured fields
	// together, in bytes.
	MaxBytes = 4096
	// MaxDepth is how deeply parentheses may be nested; it bounds the recursion of all
	// that walks the tree.
	MaxDepth = 32
	// MaxConditions is the number of conditions; each value of a list is one.
	MaxConditions = 64
	// MaxRegexes is the number of regular expressions, which cost ten times as much to
	// match as any other condition.
	MaxRegexes = 4
	// MaxLiteralBytes is the length of one value or name, in bytes, escapes resolved.
	MaxLiteralBytes = 512
	// MaxRegexInstructions is the size of the programs that all regular expressions of a
	// filter compile to, together. A run takes at worst 7 ns for each instruction and
	// byte: [ab]{0,490}c on 16 KiB of a and b takes 110 ms. What people write has less
	// than a hundred, and takes microseconds. Without the limit, \d{999} written 73 times
	// would take 73 times as long.
	MaxRegexInstructions = 1000
	// MaxRegexText is how much of a text a regular expression looks at, in bytes from
	// its beginning. On an entry of 256 KiB, the expression above would take 1.8 s. What
	// even 110 ms cost others is bounded by those who match for them: see [Work].
	MaxRegexText = 16 << 10
)

// Limits are the bounds that filters are held to, those of the query and the structured
// fields together. A field that is 0 has its default.
type Limits struct {
	// Bytes is the length of all texts. Default: MaxBytes.
	Bytes int
	// Depth is how deeply parentheses may be nested. Default: MaxDepth.
	Depth int
	// Conditions is the number of conditions. Default: MaxConditions.
	Conditions int
	// Regexes is the number of regular expressions. Default: MaxRegexes.
	Regexes int
	// Instructions is the size of all of their programs, at most MostInstructions. Default:
	// MaxRegexInstructions.
	Instructions int
}

// MostInstructions is where the size of a program is not measured further.
const MostInstructions = 10_000

// withDefaults returns the limits with all fields set.
func (l Limits) withDefaults() Limits {
	return Limits{
		Bytes:        cmp.Or(l.Bytes, MaxBytes),
		Depth:        cmp.Or(l.Depth, MaxDepth),
		Conditions:   cmp.Or(l.Conditions, MaxConditions),
		Regexes:      cmp.Or(l.Regexes, MaxRegexes),
		Instructions: cmp.Or(l.Instructions, MaxRegexInstructions),
	}
}

// The names of the limits, as [Error] has them: the keys of the configuration.
const (
	LimitBytes        = "filter.max_size"
	LimitDepth        = "filter.max_depth"
	LimitConditions   = "filter.max_conditions"
	LimitRegexes      = "filter.max_regexes"
	LimitInstructions = "filter.max_regex_instructions"
)

// over marks a mistake as one that another limit would not have found.
func over(limit string, err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		e.Limit = limit
	}
	return err
}

// budget counts what one filter has used up of its limits, over all its fields.
type budget struct {
	Limits

	usedConditions, usedRegexes, usedInstructions int
}

// condition counts one condition, which stands at this place.
func (b *budget) condition(at span) error {
	b.usedConditions++
	if b.usedConditions > b.Conditions {
		return over(LimitConditions, at.fail("merge conditions into a regular expression, or leave some out",
			"the filter has more than %d conditions", b.Conditions))
	}
	return nil
}

// regex counts one regular expression, which stands at this place.
func (b *budget) regex(at span) error {
	b.usedRegexes++
	if b.usedRegexes > b.Regexes {
		return over(LimitRegexes, at.fail("join them with | into one, or search for plain text",
			"the filter has more than %d regular expressions", b.Regexes))
	}
	return nil
}

// program counts the instructions of a regular expression, which stands at this place.
func (b *budget) program(size int, at span) error {
	b.usedInstructions += size
	switch {
	case size > b.Instructions:
		return over(LimitInstructions, at.fail("repeat less: x{1000} is a thousand copies of x",
			"the regular expression is too large, its program would exceed %d instructions", b.Instructions))
	case b.usedInstructions > b.Instructions:
		return over(LimitInstructions, at.fail("repeat less, or search for plain text",
			"the regular expressions are too large, together their programs exceed %d instructions", b.Instructions))
	}
	return nil
}

// literal checks the length of one value or name.
func (b *budget) literal(text string, at span) error {
	if len(text) > MaxLiteralBytes {
		return at.fail("a shorter part of it selects as well",
			"a text of %d bytes is too long, the limit is %d bytes", len(text), MaxLiteralBytes)
	}
	return nil
}
