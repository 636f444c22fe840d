package filter

// The limits of a filter, for the query and the structured fields together. Each is far
// above what people write. The worst filter within them compiles in 2 ms, with four
// regular expressions of large character classes in 30 ms.
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

// limits are the bounds that a filter is held to. They are the constants above, except
// in tests, which parse canonical texts that may be longer than their source.
type limits struct {
	bytes, depth, conditions, regexes, instructions int
}

var defaultLimits = limits{bytes: MaxBytes, depth: MaxDepth, conditions: MaxConditions, regexes: MaxRegexes, instructions: MaxRegexInstructions}

// budget counts what one filter has used up of its limits, over all its fields.
type budget struct {
	limits
	usedConditions, usedRegexes, usedInstructions int
}

// condition counts one condition, which stands at this place.
func (b *budget) condition(at span) error {
	b.usedConditions++
	if b.usedConditions > b.conditions {
		return at.fail("merge conditions into a regular expression, or leave some out",
			"the filter has more than %d conditions", b.conditions)
	}
	return nil
}

// regex counts one regular expression, which stands at this place.
func (b *budget) regex(at span) error {
	b.usedRegexes++
	if b.usedRegexes > b.regexes {
		return at.fail("join them with | into one, or search for plain text",
			"the filter has more than %d regular expressions", b.regexes)
	}
	return nil
}

// program counts the instructions of a regular expression, which stands at this place.
func (b *budget) program(size int, at span) error {
	b.usedInstructions += size
	if b.usedInstructions > b.instructions {
		return at.fail("repeat less, or search for plain text",
			"the regular expressions are too large, together their programs exceed %d instructions", b.instructions)
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
