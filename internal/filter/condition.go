package filter

import "strings"

// compile makes the tree of one restriction: a field, an operator and a value. It is
// where a restriction is counted, and where all that can be wrong with it is found.
func (b *budget) compile(f field, op operator, v value) (expr, error) {
	if err := b.condition(v.span); err != nil {
		return expr{}, err
	}
	if err := b.literal(v.verbatim(), v.span); err != nil {
		return expr{}, err
	}
	switch f.kind {
	case SeverityField:
		set, err := compileSeverity(op, v)
		return leaf(set), err
	case TimestampField:
		return compileTimestamp(op, v)
	case AttributesField:
		return compileAttributes(op, v)
	case ServiceField, HostField, MessageField, TraceIDField, SpanIDField, AttributeField:
	}
	if f.kind == AttributeField && f.key == "" {
		return expr{}, v.fail("write attributes.NAME", "the attribute has no name")
	}
	return b.compileText(f, op, v)
}

// compileText makes the tree of a comparison of a field that is a text.
func (b *budget) compileText(f field, op operator, v value) (expr, error) {
	if positive, contrary := op.positive(); contrary {
		x, err := b.compileText(f, positive, v)
		return all(leaf(&present{f}), negate(x)), err
	}
	switch op {
	case opEqual:
		return compileEqual(f, v)
	case opHas:
		return compileHas(f, v)
	case opMatch:
		if err := b.regex(v.span); err != nil {
			return expr{}, err
		}
		p, err := compileRegex(f, v, b)
		if err != nil {
			return expr{}, err
		}
		return leaf(p), nil
	case opLess, opLessEqual, opGreater, opGreaterEqual:
		return compileOrder(f, op, v)
	case opNotEqual, opNotMatch:
	}
	return expr{}, v.fail("", "operator %s is unknown", op)
}

// compileEqual makes the leaf of an exact comparison, where a final * stands for any
// ending.
func compileEqual(f field, v value) (expr, error) {
	if at := strings.IndexByte(strings.TrimSuffix(v.raw, "*"), '*'); v.form == word && at >= 0 {
		return expr{}, v.source.span(v.begin+at, v.begin+at+1).fail(
			"for another place write "+f.shown()+`=~"REGEX"; for the character put the text in quotes`,
			"* stands for any ending, and only at the end")
	}
	text, star := v.pattern()
	text = f.stored(text)
	switch {
	case star && text == "":
		return leaf(&present{f}), nil
	case star:
		return leaf(&prefix{f, text}), nil
	}
	return leaf(&equal{f, text}), nil
}

// compileHas makes the leaf of a search. A final * without quotes is refused: it would
// be searched for as a character, which whoever writes fail* does not mean.
func compileHas(f field, v value) (expr, error) {
	text, star := v.pattern()
	switch {
	case v.form == whole:
		return newSubstring(f, v.raw), nil
	case !star:
		return newSubstring(f, text), nil
	case v.form == quoted && text != "":
		return newSubstring(f, text+"*"), nil
	case text == "":
		return leaf(&present{f}), nil
	}
	return expr{}, v.fail("leave the * out: a part of the text is enough; for the beginning alone write "+f.shown()+"="+echo(v.raw),
		"* has no meaning in a search for a part of a text")
}

// compileOrder makes the leaf of an order, which only numbers have.
func compileOrder(f field, op operator, v value) (expr, error) {
	if f.kind != AttributeField {
		return expr{}, v.fail("use = for the whole text, : for a part of it", "%s has no order: %s compares numbers", f.shown(), op)
	}
	text := v.verbatim()
	bound, ok := parseNumber(text)
	if !ok {
		return expr{}, v.fail("write a decimal number such as 200 or 0.5", "%s is not a number, and %s compares only numbers", echo(text), op)
	}
	return leaf(&number{f, op, bound}), nil
}

// compileAttributes makes the leaf of a question about all attributes: whether there is
// one with this key, or any.
func compileAttributes(op operator, v value) (expr, error) {
	if op != opHas {
		return expr{}, v.fail("write attributes.NAME"+string(op)+"VALUE, or attributes:NAME", "attributes cannot be compared with %s as a whole", op)
	}
	key, star := v.pattern()
	if star && key == "" {
		return leaf(&present{field{kind: AttributesField}}), nil
	}
	if star && v.form != quoted {
		return expr{}, v.fail("write the whole name", "* has no meaning in the name of an attribute")
	}
	if star {
		key += "*"
	}
	if key == "" {
		return expr{}, v.fail("write attributes:NAME", "the attribute has no name")
	}
	return leaf(&present{field{kind: AttributeField, key: key}}), nil
}
