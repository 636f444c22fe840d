package index

import "github.com/seed-2f16ea30/logsieve/internal/filter"

// shelf is what is filed under one field.
type shelf struct {
	kind filter.FieldKind
	key  string
	// filed counts what is on the shelf, which is taken away with the last.
	filed int
	// seen is the epoch of the last entry that had the field, for attributes.
	seen uint32

	exists   postings
	equal    map[string]postings
	prefixes prefixes
	bounds   bounds
	grams    grams
}

func (s *shelf) file(at *place, p posting, r *rates) {
	s.filed++
	switch at.kind {
	case filter.Exists:
		s.exists = s.exists.insert(p)
	case filter.Equals:
		if s.equal == nil {
			s.equal = make(map[string]postings)
		}
		s.equal[at.text] = s.equal[at.text].insert(p)
	case filter.Begins:
		s.prefixes.insert(at.text, p)
	case filter.Contains:
		s.grams.insert(at.text, p, r)
	case filter.AtLeast:
		s.bounds.atLeast = s.bounds.atLeast.insert(at.bound, p)
	case filter.AtMost:
		s.bounds.atMost = s.bounds.atMost.insert(at.bound, p)
	}
}

func (s *shelf) unfile(at *place, p posting) {
	s.filed--
	switch at.kind {
	case filter.Exists:
		s.exists = s.exists.remove(p)
	case filter.Equals:
		if left := s.equal[at.text].remove(p); left != nil {
			s.equal[at.text] = left
		} else {
			delete(s.equal, at.text)
		}
	case filter.Begins:
		s.prefixes.remove(at.text, p)
	case filter.Contains:
		s.grams.remove(at.text, p)
	case filter.AtLeast:
		s.bounds.atLeast = s.bounds.atLeast.remove(at.bound, p)
	case filter.AtMost:
		s.bounds.atMost = s.bounds.atMost.remove(at.bound, p)
	}
}
