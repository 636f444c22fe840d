package filter

import (
	"strings"
	"unicode"
)

// restriction reads a word alone, a comparison of a field, or a function. The keyword
// or sign before it is after, "" if there is none.
func (p *parser) restriction(after string) (expr, error) {
	begin, name := p.pos, p.peekName()
	if name == "" || isKeyword(name) {
		return expr{}, p.noFactor(after)
	}
	p.pos += len(name)
	word := value{span: p.span(begin, p.pos), raw: name}
	if err := p.checkWord(word); err != nil {
		return expr{}, err
	}
	if p.at('(') {
		return p.function(word)
	}
	f, err := p.path(word)
	if err != nil {
		return expr{}, err
	}
	nameEnd := p.pos
	p.skipSpace()
	op := operatorAt(p.rest())
	if op == "" {
		p.pos = nameEnd
		if nameEnd > word.end {
			return expr{}, p.span(begin, nameEnd).fail("write attributes.NAME=VALUE, or attributes.NAME:* for any value", "there is no operator behind the field")
		}
		return p.literalAlone(word)
	}
	at, err := p.operator(op)
	if err != nil {
		return expr{}, err
	}
	if f.kind == 0 {
		return expr{}, p.unknownField(word, at)
	}
	return p.comparison(f, op, at)
}

// operator steps over an operator, which comes next.
func (p *parser) operator(op operator) (span, error) {
	at := p.span(p.pos, p.pos+len(op))
	p.pos = at.end
	if op == opEqual && p.take('=') {
		return at, p.span(at.begin, p.pos).fail("write = for equal, != for not equal", `"==" is not an operator`)
	}
	return at, nil
}

// comparison reads what stands behind a field and an operator.
func (p *parser) comparison(f field, op operator, at span) (expr, error) {
	p.skipSpace()
	if p.at('(') {
		return p.list(f, op, at)
	}
	v, err := p.value(at)
	if err != nil {
		return expr{}, err
	}
	return p.compile(f, op, v)
}

// list reads values in parentheses. a!=(x OR y) is a:* AND NOT a=(x OR y), none of
// them, as a!=x is a:* AND NOT a=x.
func (p *parser) list(f field, op operator, at span) (expr, error) {
	open, err := p.open()
	if err != nil {
		return expr{}, err
	}
	var parts []expr
	for {
		v, err := p.value(at)
		if err != nil {
			return expr{}, err
		}
		part, err := p.compile(f, op, v)
		if err != nil {
			return expr{}, err
		}
		parts = append(parts, part)
		if p.takeKeyword(wordOr) {
			continue
		}
		if !p.atEnd() && !p.at(')') {
			begin, word := p.pos, p.peekText()
			return expr{}, p.span(begin, max(begin+len(word), begin+1)).fail("write service=(api OR web)", "the values of a list are joined by OR")
		}
		if err := p.close(open); err != nil {
			return expr{}, err
		}
		if _, contrary := op.positive(); contrary {
			return all(parts...), nil
		}
		return anyOne(parts...), nil
	}
}

// value reads the value behind the operator at this place.
func (p *parser) value(op span) (value, error) {
	p.skipSpace()
	if p.atQuote() {
		v, err := p.takeString()
		if err == nil {
			err = p.checkSeparate(v)
		}
		return v, err
	}
	begin, text := p.pos, p.peekText()
	if text == "" || isKeyword(text) {
		hint := "write a word or a quoted text behind it"
		if text != "" {
			hint = "put the word in quotes to compare with it: " + echo(text)
		}
		return value{}, op.fail(hint, "there is no value behind %s", op.covered())
	}
	p.pos += len(text)
	v := value{span: p.span(begin, p.pos), raw: text}
	if err := p.checkOperators(v); err != nil {
		return value{}, err
	}
	return v, p.checkSeparate(v)
}

// checkSeparate checks that a word or string ends where it seems to: service=a"b" and
// don't are more likely slips than two conditions.
func (p *parser) checkSeparate(v value) error {
	if p.atEnd() || p.atSpace() || p.at(')') || v.form == quoted && p.at('(') {
		return nil
	}
	rest := p.rest()
	if end := strings.IndexFunc(rest, func(r rune) bool { return r == ')' || unicode.IsSpace(r) }); end >= 0 {
		rest = rest[:end]
	}
	end := p.pos + len(rest)
	return p.span(v.begin, end).fail("put the whole text in quotes, or a space between two conditions", "%s is followed by %s with no space between", echo(v.raw), echo(rest))
}

// foreignOperators are those of other languages, with what is right here.
var foreignOperators = [...]struct{ theirs, ours string }{
	{"&&", wordAnd},
	{"||", wordOr},
}

// checkOperators refuses the operators of other languages where no quotes say that they
// are text.
func (p *parser) checkOperators(v value) error {
	for _, op := range foreignOperators {
		if at := strings.Index(v.raw, op.theirs); at >= 0 {
			return p.span(v.begin+at, v.begin+at+len(op.theirs)).fail("write "+op.ours+", or put the text in quotes", "%q is not an operator", op.theirs)
		}
	}
	return nil
}

// checkWord refuses them, and the negation of other languages, where a name or a word
// stands.
func (p *parser) checkWord(word value) error {
	if word.raw[0] == '!' {
		return p.span(word.begin, word.begin+1).fail("write -word or NOT word, or put the text in quotes", `"!" is not an operator`)
	}
	return p.checkOperators(word)
}

// literalAlone makes the condition of a word or string that stands alone: the message
// contains it.
func (p *parser) literalAlone(v value) (expr, error) {
	if err := p.checkSeparate(v); err != nil {
		return expr{}, err
	}
	return p.compile(field{kind: MessageField}, opHas, v)
}
