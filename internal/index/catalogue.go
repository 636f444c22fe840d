package index

import (
	"slices"

	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// catalogue is where groups are filed by their anchors.
type catalogue struct {
	// fields are the shelves of the fields that every entry has, by kind; nil if nothing
	// is filed there. That of the timestamp has bounds alone.
	fields [filter.AttributeField]*shelf
	// attributes are the shelves of the attributes by key.
	attributes map[string]*shelf
	// rest are the groups with no anchor.
	rest postings
}

// place is where a group is filed: an atom, as its shelf knows it.
type place struct {
	shelf *shelf
	kind  filter.AtomKind
	text  string
	bound int64
}

// atom returns the atom that a group is filed under here.
func (p *place) atom() filter.Atom {
	return filter.Atom{Kind: p.kind, Field: p.shelf.kind, Key: p.shelf.key, Text: p.text, Bound: p.bound}
}

// file files a group under each of these atoms, or with those that have no anchor.
func (c *catalogue) file(atoms []filter.Atom, g *group, id groupID, r *rates) {
	if len(atoms) == 1 && len(g.rest) == 0 {
		g.severities |= certain
	}
	p := posting{id, g.severities}
	if len(atoms) == 0 {
		c.rest = c.rest.insert(p)
		return
	}
	g.places = make([]place, len(atoms))
	for i, a := range atoms {
		s := c.shelf(a)
		g.places[i] = place{s, a.Kind, a.Text, a.Bound}
		s.file(&g.places[i], p, r)
	}
}

// unfile takes a group away from where file put it.
func (c *catalogue) unfile(g *group, id groupID) {
	if g.severities == 0 {
		return
	}
	p := posting{id, g.severities}
	if len(g.places) == 0 {
		c.rest = c.rest.remove(p)
		return
	}
	for i := range g.places {
		s := g.places[i].shelf
		if s.unfile(&g.places[i], p); s.filed == 0 {
			c.take(s)
		}
	}
	g.places = nil
}

// shelf returns the shelf of an atom, which is put up if there is none.
func (c *catalogue) shelf(a filter.Atom) *shelf {
	if a.Field != filter.AttributeField {
		if c.fields[a.Field] == nil {
			c.fields[a.Field] = &shelf{kind: a.Field}
		}
		return c.fields[a.Field]
	}
	s := c.attributes[a.Key]
	if s == nil {
		s = &shelf{kind: a.Field, key: a.Key}
		if c.attributes == nil {
			c.attributes = make(map[string]*shelf)
		}
		c.attributes[a.Key] = s
	}
	return s
}

// acquire returns the id of a text that messages are searched for, for one more use.
func (c *catalogue) acquire(text string, r *rates) literalID {
	s := c.shelf(filter.Atom{Field: filter.MessageField})
	s.filed++
	return s.grams.acquire(text, r)
}

// release ends what acquire began.
func (c *catalogue) release(id literalID) {
	s := c.fields[filter.MessageField]
	s.grams.release(id)
	if s.filed--; s.filed == 0 {
		c.take(s)
	}
}

// take takes an empty shelf away.
func (c *catalogue) take(s *shelf) {
	if s.kind == filter.AttributeField {
		delete(c.attributes, s.key)
	} else {
		c.fields[s.kind] = nil
	}
}

// forget clears all epochs.
func (c *catalogue) forget() {
	for _, s := range slices.Concat(c.fields[:], c.shelves()) {
		if s != nil {
			s.seen = 0
			s.grams.forget()
		}
	}
}

func (c *catalogue) shelves() []*shelf {
	all := make([]*shelf, 0, len(c.attributes))
	for _, s := range c.attributes {
		all = append(all, s)
	}
	return all
}
