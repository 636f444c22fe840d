package filter

import (
	"unicode/utf8"
)

// parser turns the text of a query into a tree, by recursive descent: one method a rule
// of the grammar, which doc.go has. The first mistake from the left is the error.
type parser struct {
	lexer
	*budget
	// nesting is the number of parentheses that are open.
	nesting int
}

// parse returns the tree of a query.
func parse(s source, b *budget) (expr, error) {
	if err := checkText(s, b.Bytes); err != nil {
		return expr{}, err
	}
	p := parser{lexer: lexer{source: s}, budget: b}
	p.skipSpace()
	if p.atEnd() {
		return expr{}, nil
	}
	x, err := p.expression()
	if err == nil && !p.atEnd() {
		err = p.noFactor("")
	}
	return x, err
}

// checkText checks what must hold of every text of a filter before it is looked at.
func checkText(s source, maxBytes int) error {
	if len(s.text) > maxBytes {
		return s.tooLong(maxBytes, len(s.text), maxBytes)
	}
	for i, r := range s.text {
		if r != utf8.RuneError {
			continue
		}
		if _, size := utf8.DecodeRuneInString(s.text[i:]); size == 1 {
			return s.span(i, i+1).fail("send UTF-8", "the text is not valid UTF-8")
		}
	}
	return nil
}

// tooLong makes the error of a filter of so many bytes of which s may only have room.
func (s source) tooLong(room, bytes, maxBytes int) error {
	begin := min(max(room, 0), len(s.text))
	for begin > 0 && begin < len(s.text) && !utf8.RuneStart(s.text[begin]) {
		begin--
	}
	return over(LimitBytes, s.span(begin, len(s.text)).fail("leave conditions out, or use a regular expression for many alike",
		"the filter is too long: %d bytes, the limit is %d bytes", bytes, maxBytes))
}

// expression reads factors up to the end or a closing parenthesis. A sequence needs no
// rule of its own: white space and AND both join factors, and mean the same.
func (p *parser) expression() (expr, error) {
	var parts []expr
	for after := ""; ; {
		part, err := p.factor(after)
		if err != nil {
			return expr{}, err
		}
		parts = append(parts, part)
		if after = ""; p.takeKeyword(wordAnd) {
			after = wordAnd
		} else if p.atEnd() || p.at(')') && p.nesting > 0 {
			return all(parts...), nil
		}
	}
}

// factor reads terms joined by OR. Behind the keyword after, there must be one.
func (p *parser) factor(after string) (expr, error) {
	var parts []expr
	for {
		part, err := p.term(after)
		if err != nil {
			return expr{}, err
		}
		parts = append(parts, part)
		if !p.takeKeyword(wordOr) {
			return anyOne(parts...), nil
		}
		after = wordOr
	}
}

func (p *parser) term(after string) (expr, error) {
	p.skipSpace()
	begin := p.pos
	switch {
	case p.takeKeyword(wordNot):
		after = wordNot
		p.skipSpace()
	case p.take('-'):
		after = "-"
		if p.atEnd() || p.atSpace() {
			return expr{}, p.span(begin, p.pos).fail(`write -word or NOT word, or "-" in quotes for the character`, "- must touch what it negates")
		}
	default:
		return p.simple(after)
	}
	if p.at('-') || p.keyword() == wordNot {
		return expr{}, p.span(begin, p.pos+1).fail(`negate once, or put the text in quotes: "--help"`, "there are two negations in a row")
	}
	x, err := p.simple(after)
	return negate(x), err
}

func (p *parser) simple(after string) (expr, error) {
	switch {
	case p.at('('):
		return p.group()
	case p.atQuote():
		v, err := p.takeString()
		if err != nil {
			return expr{}, err
		}
		return p.literalAlone(v)
	}
	return p.restriction(after)
}

// group reads an expression in parentheses.
func (p *parser) group() (expr, error) {
	open, err := p.open()
	if err != nil {
		return expr{}, err
	}
	p.skipSpace()
	if p.at(')') {
		return expr{}, p.span(open.begin, p.pos+1).fail("write a condition between them, or leave them out", "there is nothing between the parentheses")
	}
	if p.atEnd() {
		return expr{}, open.notClosed()
	}
	x, err := p.expression()
	if err != nil {
		return expr{}, err
	}
	return x, p.close(open)
}

// open steps over an opening parenthesis.
func (p *parser) open() (span, error) {
	open := p.span(p.pos, p.pos+1)
	p.pos++
	p.nesting++
	if p.nesting > p.Depth {
		return open, over(LimitDepth, open.fail("write it flatter", "parentheses are nested more than %d deep", p.Depth))
	}
	return open, nil
}

// close steps over white space and the parenthesis that closes the one at open.
func (p *parser) close(open span) error {
	p.skipSpace()
	if !p.take(')') {
		return open.notClosed()
	}
	p.nesting--
	return nil
}

func (s span) notClosed() error {
	return s.fail(`write ) where it ends, or "(" in quotes for the character`, "the parenthesis that is opened here is not closed")
}
