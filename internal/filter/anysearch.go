package filter

// anySearch is a search for one of several texts.
type anySearch struct {
	texts    []string
	searches []*search
}

// newAnySearch makes the search for these texts.
func newAnySearch(v variants) anySearch {
	s := anySearch{texts: v.texts, searches: make([]*search, len(v.texts))}
	for i, text := range v.texts {
		if v.fold && text != "" {
			s.searches[i] = newSearch(text)
		} else {
			s.searches[i] = newExactSearch(text)
		}
	}
	return s
}

// in tells whether one of the texts occurs in this one.
func (s *anySearch) in(text string) bool {
	for _, one := range s.searches {
		if one.in(text) {
			return true
		}
	}
	return false
}
