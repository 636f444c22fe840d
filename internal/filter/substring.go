package filter

import (
	"strings"
	"unicode/utf8"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// substring is a predicate: the field's text contains this text, in any case.
type substring struct {
	field field
	// text is folded; it is not empty.
	text   string
	search *search
}

var _ predicate = (*substring)(nil)

// newSubstring makes the leaf for a text. Every text contains the empty one.
func newSubstring(f field, text string) expr {
	if text == "" {
		return leaf(&present{f})
	}
	return leaf(&substring{f, foldString(text), newSearch(text)})
}

func (p *substring) match(e *entry.Entry) bool {
	text, ok := p.field.text(e)
	return ok && p.search.in(text)
}

func (p *substring) cost() Cost { return p.field.cost() + costSubstring }

// requirements are exact but for U+FFFD, which the folded text also has where the text
// is not UTF-8.
func (p *substring) requirements() []Requirement {
	return p.field.requires(Contains, p.text, !strings.ContainsRune(p.text, utf8.RuneError))
}

// appendText appends a word alone where the field is the message, as people write it.
func (p *substring) appendText(b []byte) []byte {
	if p.field.kind != MessageField {
		b = append(p.field.appendName(b), opHas...)
	}
	return appendValue(b, p.text)
}
