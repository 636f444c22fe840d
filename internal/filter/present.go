package filter

import (
	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// present is a predicate: the entry has the field.
type present struct {
	field field
}

var _ predicate = (*present)(nil)

func (p *present) match(e *entry.Entry) bool {
	switch p.field.kind { //nolint:exhaustive // The others have a text; severity is a severitySet.
	case AttributesField:
		return len(e.Attributes) > 0
	case TimestampField:
		return e.Timestamp != 0
	}
	_, ok := p.field.text(e)
	return ok
}

// cost is a little below that of a comparison: it stands before the comparisons of the
// same field, and a != b is a:* and then NOT a = b.
func (p *present) cost() Cost { return p.field.cost() - 1 }

func (p *present) requirements() []Requirement {
	if p.field.kind == AttributesField || p.field.kind == TimestampField {
		return nil // true of nearly every entry
	}
	return p.field.requires(Exists, "", true)
}

func (p *present) appendText(b []byte) []byte {
	return append(p.field.appendName(b), ":*"...)
}
