package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// text returns the canonical text of a tree in normal form. Nested, it is one term: in
// parentheses if it has several parts.
func (x *expr) text(nested bool) string {
	if x.kind == leafOf {
		var b []byte
		if x.not {
			b = append(b, '-')
		}
		return string(x.leaf.appendText(b))
	}
	separator, texts := " OR ", x.partTexts()
	if x.kind == allOf {
		separator = " AND "
	}
	text := strings.Join(texts, separator)
	if nested && len(texts) > 1 {
		return "(" + text + ")"
	}
	return text
}

// partTexts returns the texts of the parts. In an "all", NOT a = b beside a:* is written
// a != b, as people write it, and a:* is left out.
func (x *expr) partTexts() []string {
	texts := make([]string, 0, len(x.parts))
	told := make(map[field]bool)
	if x.kind == allOf {
		x.markContrary(told)
	}
	for i := range x.parts {
		part := &x.parts[i]
		f, op, ok := part.contrary()
		switch has, isPresent := part.leaf.(*present); {
		case ok && told[f]:
			text := string(part.leaf.appendText(nil))
			name := len(f.appendName(nil))
			positive, _ := op.positive()
			texts = append(texts, text[:name]+string(op)+text[name+len(positive):])
		case isPresent && !part.not && told[has.field]:
		default:
			texts = append(texts, part.text(true))
		}
	}
	return texts
}

// markContrary marks the fields that have both a presence and a negated comparison
// among the parts.
func (x *expr) markContrary(told map[field]bool) {
	for i := range x.parts {
		f, _, ok := x.parts[i].contrary()
		if !ok || told[f] {
			continue
		}
		for j := range x.parts {
			has, isPresent := x.parts[j].leaf.(*present)
			told[f] = told[f] || isPresent && !x.parts[j].not && has.field == f
		}
	}
}

// contrary returns what a negated comparison is written with where the field is known
// to be present: != or !~.
func (x *expr) contrary() (field, operator, bool) {
	if !x.not {
		return field{}, "", false
	}
	switch p := x.leaf.(type) {
	case *equal:
		return p.field, opNotEqual, true
	case *prefix:
		return p.field, opNotEqual, true
	case *regex:
		return p.field, opNotMatch, true
	case *timestamp:
		return field{kind: TimestampField}, opNotEqual, p.op == opEqual
	}
	return field{}, "", false
}

// isPlain tells whether a text can stand without quotes on either side of an operator.
// It is stricter than the lexer: what may look like syntax to a person is quoted.
func isPlain(text string) bool {
	if text == "" || isKeyword(text) {
		return false
	}
	first, _ := utf8.DecodeRuneInString(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	return isWord(first) && isWord(last) && strings.IndexFunc(text, func(r rune) bool {
		return !isWord(r) && !strings.ContainsRune("-./+@#%$", r)
	}) < 0
}

func isWord(r rune) bool {
	return r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' ||
		r >= utf8.RuneSelf && r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// appendValue appends a text so that it reads as exactly this, a final * included.
func appendValue(b []byte, text string) []byte {
	if isPlain(text) {
		return append(b, text...)
	}
	if head, ok := strings.CutSuffix(text, "*"); ok {
		return appendQuoted(b, head, `\*`)
	}
	return appendQuoted(b, text, "")
}

// appendPrefix appends a text so that it reads as anything that begins with it.
func appendPrefix(b []byte, text string) []byte {
	if isPlain(text + "_") { // a prefix may end as no whole value does: api-*
		return append(append(b, text...), '*')
	}
	return appendQuoted(b, text, "*")
}

// appendQuoted appends a text as a STRING, with a raw ending inside the quotes.
func appendQuoted(b []byte, text, ending string) []byte {
	b = append(b, '"')
	for i := range len(text) {
		switch c := text[i]; c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\t':
			b = append(b, `\t`...)
		case '\r':
			b = append(b, `\r`...)
		default:
			b = append(b, c)
		}
	}
	return append(append(b, ending...), '"')
}
