package filter

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// regex is a predicate: a regular expression (RE2 syntax) matches somewhere in the
// field's text.
type regex struct {
	field  field
	source string
	re     *regexp.Regexp
}

var _ predicate = (*regex)(nil)

func (p *regex) match(e *entry.Entry) bool {
	text, ok := p.field.text(e)
	return ok && p.re.MatchString(text)
}

func (p *regex) cost() Cost { return p.field.cost() + costRegex }

func (p *regex) appendText(b []byte) []byte {
	return appendQuoted(append(p.field.appendName(b), opMatch...), p.source, "")
}

// compileRegex makes the predicate of a regular expression. It is parsed and measured
// before it is compiled: a program of a million instructions is never made.
func compileRegex(f field, v value) (predicate, error) {
	source := v.verbatim()
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil, regexError(v, source, err)
	}
	if programSize(tree) > MaxRegexInstructions {
		return nil, v.fail("repeat less: x{1000} is a thousand copies of x", "the regular expression is too large, its program would exceed %d instructions", MaxRegexInstructions)
	}
	re, err := regexp.Compile(source)
	if err != nil {
		return nil, regexError(v, source, err)
	}
	return &regex{f, source, re}, nil
}

// regexError tells what is wrong with a regular expression, and where inside it.
func regexError(v value, source string, err error) error {
	var detail *syntax.Error
	if !errors.As(err, &detail) {
		return v.fail("see https://github.com/google/re2/wiki/Syntax", "the regular expression is not valid: %v", err)
	}
	begin, end := regexErrorPlace(source, detail)
	at := v.spanOf(begin, end)
	if begin == end {
		at = v.span
	}
	return at.fail(regexHint(detail.Code), "the regular expression is not valid: %s: %s", detail.Code, echo(detail.Expr))
}

// regexErrorPlace finds the part of the source that an error repeats. The same part may
// also stand where it is right, as * does in (a*)(*). The parser goes from left to
// right, so the right one is the first with which the source, cut off behind it, fails
// in the same way.
func regexErrorPlace(source string, detail *syntax.Error) (begin, end int) {
	for from := 0; detail.Expr != ""; {
		at := strings.Index(source[from:], detail.Expr)
		if at < 0 {
			break
		}
		begin, end = from+at, from+at+len(detail.Expr)
		var cut *syntax.Error
		if _, err := syntax.Parse(source[:end], syntax.Perl); errors.As(err, &cut) && *cut == *detail {
			return begin, end
		}
		from = begin + 1
	}
	return 0, len(source)
}

// regexHint says what would be right.
func regexHint(code syntax.ErrorCode) string {
	switch code { //nolint:exhaustive // The rest needs no more words than its name.
	case syntax.ErrMissingParen, syntax.ErrUnexpectedParen:
		return `write \( or \) for the character`
	case syntax.ErrMissingBracket:
		return `write \[ for the character`
	case syntax.ErrMissingRepeatArgument, syntax.ErrInvalidRepeatOp:
		return `write \*, \+ or \? for the character`
	case syntax.ErrInvalidPerlOp, syntax.ErrInvalidNamedCapture:
		return "look-ahead, look-behind and back-references are not supported: combine two conditions with AND or NOT"
	case syntax.ErrInvalidEscape:
		return `write \\ for a backslash`
	}
	return "the syntax is RE2's: https://github.com/google/re2/wiki/Syntax"
}

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
		// x{2,5} is xx(x(x(x)?)?)?, and x{2,} is xx+.
		n = (n + 1) * max(re.Min, re.Max, 1)
	}
	return min(max(n, 1), MaxRegexInstructions+1)
}
