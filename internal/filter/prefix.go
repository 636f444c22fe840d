package filter

import (
	"strings"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// prefix is a predicate: the field's text begins with this text, case included.
type prefix struct {
	field field
	text  string
}

var _ predicate = (*prefix)(nil)

func (p *prefix) match(e *entry.Entry) bool {
	text, ok := p.field.text(e)
	return ok && strings.HasPrefix(text, p.text)
}

func (p *prefix) cost() Cost { return p.field.cost() + 1 }

func (p *prefix) requirements() []Requirement { return p.field.requires(Begins, p.text, true) }

func (p *prefix) appendText(b []byte) []byte {
	return appendPrefix(append(p.field.appendName(b), opEqual...), p.text)
}
