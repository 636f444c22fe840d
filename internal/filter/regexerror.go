package filter

import (
	"errors"
	"regexp/syntax"
	"strings"
)

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
