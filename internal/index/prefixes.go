package index

import (
	"cmp"
	"slices"
)

// prefixes are texts with which a field's text may begin. Each length in use costs one
// look-up an entry, however many there are of it.
type prefixes struct {
	byText map[string]postings
	// lengths are those in use, the shortest first.
	lengths []prefixLength
}

type prefixLength struct {
	bytes int
	// texts is how many there are of this length.
	texts int
}

func (x *prefixes) insert(text string, p posting) {
	if x.byText == nil {
		x.byText = make(map[string]postings)
	}
	list, ok := x.byText[text]
	x.byText[text] = list.insert(p)
	if ok {
		return
	}
	i, ok := x.length(text)
	if !ok {
		x.lengths = slices.Insert(x.lengths, i, prefixLength{bytes: len(text)})
	}
	x.lengths[i].texts++
}

func (x *prefixes) remove(text string, p posting) {
	if left := x.byText[text].remove(p); left != nil {
		x.byText[text] = left
		return
	}
	delete(x.byText, text)
	i, _ := x.length(text)
	if x.lengths[i].texts--; x.lengths[i].texts == 0 {
		x.lengths = slices.Delete(x.lengths, i, i+1)
	}
}

// length returns the place of a text's length among those in use.
func (x *prefixes) length(text string) (int, bool) {
	return slices.BinarySearchFunc(x.lengths, len(text), func(l prefixLength, bytes int) int {
		return cmp.Compare(l.bytes, bytes)
	})
}
