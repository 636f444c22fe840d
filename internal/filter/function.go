package filter

// function reads the argument list of a function, whose name has been read.
func (p *parser) function(name value) (expr, error) {
	if name.raw != "regex" && name.raw != "matches" {
		return expr{}, name.fail("the functions are regex and matches; put a space before ( to group conditions, or quotes around the text",
			"unknown function %s", echo(name.raw))
	}
	open, err := p.open()
	if err != nil {
		return expr{}, err
	}
	begin := p.pos
	p.skipSpace()
	if p.peekName() != fieldNames[MessageField] {
		return expr{}, p.badArguments(begin, "the first argument must be message")
	}
	p.pos += len(fieldNames[MessageField])
	p.skipSpace()
	if !p.take(',') {
		return expr{}, p.badArguments(begin, "there must be two arguments")
	}
	p.skipSpace()
	if !p.atQuote() {
		return expr{}, p.badArguments(begin, "the second argument must be in quotes")
	}
	v, err := p.takeString()
	if err != nil {
		return expr{}, err
	}
	if err := p.close(open); err != nil {
		return expr{}, err
	}
	return p.compile(field{kind: MessageField}, opMatch, v)
}

func (p *parser) badArguments(begin int, message string) error {
	end := p.pos + len(p.peekText())
	return p.span(begin, max(end, begin)).fail(`write regex(message, "..."), or FIELD=~"..." for another field`, "%s", message)
}
