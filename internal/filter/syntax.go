package filter

import (
	"strings"
	"unicode"
)

// noFactor makes the error of a place where a condition must stand and does not. The
// keyword or sign before it is after, "" if there is none.
func (p *parser) noFactor(after string) error {
	word := p.keyword()
	switch op := operatorAt(p.rest()); {
	case p.atEnd() || p.at(')') && p.nesting > 0 && after != "":
		end := len(strings.TrimRightFunc(p.text[:p.pos], unicode.IsSpace))
		return p.span(max(end-len(after), 0), end).fail("write a condition behind it, or put the word in quotes to search for it", "nothing follows %s", after)
	case p.at(')'):
		return p.span(p.pos, p.pos+1).fail(`leave it out, or put it in quotes to search for it`, "this parenthesis closes nothing")
	case word != "":
		return p.span(p.pos, p.pos+len(word)).fail("write a condition on either side of it, or put the word in quotes to search for it", "%s stands where a condition is expected", word)
	case op != "":
		return p.span(p.pos, p.pos+len(op)).fail("write FIELD"+string(op)+"VALUE, or put the text in quotes to search for it", "there is no field before %s", op)
	}
	return p.span(p.pos, p.pos+1).fail("put the text in quotes to search for it", "%s has no meaning here", echo(p.text[p.pos:p.pos+1]))
}
