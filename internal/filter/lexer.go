package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The keywords. Upper case only: and is a word.
const (
	wordAnd = "AND"
	wordOr  = "OR"
	wordNot = "NOT"
)

func isKeyword(word string) bool { return word == wordAnd || word == wordOr || word == wordNot }

// lexer walks over the text of a query. What a character means depends on where it
// stands (a colon ends a field's name, and is part of a time), so there is no stream of
// tokens: the parser asks for what may come.
type lexer struct {
	source
	pos int
}

func (l *lexer) rest() string { return l.text[l.pos:] }

func (l *lexer) atEnd() bool { return l.pos == len(l.text) }

// at tells whether this byte, an ASCII character, comes next.
func (l *lexer) at(c byte) bool { return l.pos < len(l.text) && l.text[l.pos] == c }

func (l *lexer) atQuote() bool { return l.at('"') || l.at('\'') }

// take steps over this byte if it comes next.
func (l *lexer) take(c byte) bool {
	if !l.at(c) {
		return false
	}
	l.pos++
	return true
}

// skipSpace steps over white space, Unicode's: an ideographic space is one, too.
func (l *lexer) skipSpace() {
	l.pos = len(l.text) - len(strings.TrimLeftFunc(l.rest(), unicode.IsSpace))
}

// atSpace tells whether white space comes next.
func (l *lexer) atSpace() bool {
	r, _ := utf8.DecodeRuneInString(l.rest())
	return unicode.IsSpace(r)
}

// keyword returns the keyword that comes next, or "".
func (l *lexer) keyword() string {
	if word := l.peekName(); isKeyword(word) {
		return word
	}
	return ""
}

// takeKeyword steps over white space, and over this keyword if it comes next.
func (l *lexer) takeKeyword(word string) bool {
	l.skipSpace()
	if l.keyword() != word {
		return false
	}
	l.pos += len(word)
	return true
}

// peekName returns the TEXT that comes next where a field or a word may stand: up to
// white space, a parenthesis, a comma, a quote, or an operator. It may be empty.
func (l *lexer) peekName() string {
	rest := l.rest()
	for i, r := range rest {
		if endsText(r) || operatorAt(rest[i:]) != "" {
			return rest[:i]
		}
	}
	return rest
}

// peekText returns the TEXT that comes next behind an operator: up to white space, a
// parenthesis, a comma or a quote. It may be empty.
func (l *lexer) peekText() string {
	rest := l.rest()
	if end := strings.IndexFunc(rest, endsText); end >= 0 {
		return rest[:end]
	}
	return rest
}

func endsText(r rune) bool {
	switch r {
	case '(', ')', ',', '"', '\'':
		return true
	}
	return unicode.IsSpace(r)
}

// operatorAt returns the operator that a text begins with, or "".
func operatorAt(text string) operator {
	for _, op := range operators {
		if strings.HasPrefix(text, string(op)) {
			return op
		}
	}
	return ""
}

// takeString steps over a STRING, which must come next.
func (l *lexer) takeString() (value, error) {
	begin, quote := l.pos, l.text[l.pos]
	for i := begin + 1; i < len(l.text); i++ {
		switch l.text[i] {
		case '\\':
			i++
		case quote:
			l.pos = i + 1
			return value{l.span(begin, l.pos), l.text[begin+1 : i], quoted}, nil
		}
	}
	hint := "close it with " + string(quote)
	if strings.HasSuffix(l.text, `\`+string(quote)) {
		hint = `a backslash before the closing quote needs a second one: \\` + string(quote)
	} else if begin > 0 && !endsText(rune(l.text[begin-1])) && quote == '\'' {
		hint = "put a word with an apostrophe in double quotes"
	}
	return value{}, l.span(begin, len(l.text)).fail(hint, "the string that begins here has no end")
}
