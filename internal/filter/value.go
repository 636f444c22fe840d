package filter

import "strings"

// value is the right side of a restriction, or a word or string that stands alone.
type value struct {
	span
	// raw is the text as it was written, without the quotes.
	raw  string
	form valueForm
}

// valueForm is how a value was written.
type valueForm uint8

const (
	// word is a TEXT. It has no escapes but a final \*.
	word valueForm = iota
	// quoted is a STRING.
	quoted
	// whole is the whole text of a structured field. It has the escape of a word. There
	// are no quotes to say that a * is meant as the character, so it is wherever it can be.
	whole
)

// rawBegin is where raw begins in the source.
func (v value) rawBegin() int {
	if v.form == quoted {
		return v.begin + 1
	}
	return v.begin
}

// pattern returns the text that the value means where a final * has a meaning, without
// that *, and whether there is one. A final \* is the character.
func (v value) pattern() (text string, star bool) {
	if v.form == quoted {
		text = unescape(v.raw)
		star = endsInStar(v.raw)
		if !star && strings.HasSuffix(v.raw, `\*`) {
			// An escaped star: unescape leaves a backslash that it does not know.
			return text[:len(text)-2] + "*", false
		}
	} else {
		text = v.raw
		if unescaped, ok := strings.CutSuffix(text, `\*`); ok {
			return unescaped + "*", false
		}
		star = strings.HasSuffix(text, "*")
	}
	if star {
		text = text[:len(text)-1]
	}
	return text, star
}

// verbatim returns the text that the value means where * has no meaning.
func (v value) verbatim() string {
	if v.form == quoted {
		return unescape(v.raw)
	}
	return v.raw
}

// endsInStar tells whether the inside of a STRING ends in a * that no backslash escapes.
func endsInStar(raw string) bool {
	head, ok := strings.CutSuffix(raw, "*")
	backslashes := len(head) - len(strings.TrimRight(head, `\`))
	return ok && backslashes%2 == 0
}

// unescape resolves the escapes of the inside of a STRING: \" \' \\ \n \t \r. A
// backslash before anything else stays, so that \d in a regular expression needs no
// second one.
func unescape(raw string) string {
	if !strings.Contains(raw, `\`) {
		return raw
	}
	b := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); {
		c, size := unescapeAt(raw, i)
		b = append(b, c)
		i += size
	}
	return string(b)
}

// unescapeAt returns the byte that stands at i of the inside of a STRING, and how many
// bytes it is written with.
func unescapeAt(raw string, i int) (c byte, size int) {
	if raw[i] != '\\' || i+1 == len(raw) {
		return raw[i], 1
	}
	switch next := raw[i+1]; next {
	case '"', '\'', '\\':
		return next, 2
	case 'n':
		return '\n', 2
	case 't':
		return '\t', 2
	case 'r':
		return '\r', 2
	}
	return raw[i], 1
}

// spanOf returns the place in the source of the bytes begin to end of the verbatim text.
func (v value) spanOf(begin, end int) span {
	return v.source.span(v.sourceOffset(begin), v.sourceOffset(end))
}

// sourceOffset returns where in the source a byte of the verbatim text stands.
func (v value) sourceOffset(offset int) int {
	if v.form != quoted {
		return v.begin + offset
	}
	i := 0
	for ; offset > 0; offset-- {
		_, size := unescapeAt(v.raw, i)
		i += size
	}
	return v.rawBegin() + i
}
