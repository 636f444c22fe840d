package filter

import (
	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// equal is a predicate: the field has exactly this text, case included. Numbers are
// texts: 042 is not 42.
type equal struct {
	field field
	text  string
}

var _ predicate = (*equal)(nil)

func (p *equal) match(e *entry.Entry) bool {
	text, ok := p.field.text(e)
	return ok && text == p.text
}

func (p *equal) cost() Cost { return p.field.cost() }

func (p *equal) requirements() []Requirement { return p.field.requires(Equals, p.text, true) }

func (p *equal) appendText(b []byte) []byte {
	return appendValue(append(p.field.appendName(b), opEqual...), p.text)
}
