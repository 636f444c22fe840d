package wire

import (
	"bytes"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// Slab hands out the memory of entries: a few share each piece. The zero value is ready. It
// is not safe for concurrent use; what it handed out belongs to the caller.
//
// A piece of its own for each text cost half of the time of a request. One piece for the
// whole request would be kept by whoever keeps one entry of it, as a stream does whose client
// does not read: a hundred entries kept a hundred requests.
type Slab struct {
	entries    []entry.Entry
	attributes []entry.Attribute
	// text is a copy of data from from on.
	data, text []byte
	from       int
}

const (
	// slabEntries and slabAttributes are how many share a piece: about 2 KiB each.
	slabEntries    = 8
	slabAttributes = 64
	// slabText is how much of a request is copied at a time, unless one entry is more.
	slabText = 2 << 10
)

// Entry returns an entry, which is zero.
func (s *Slab) Entry() *entry.Entry {
	if len(s.entries) == 0 {
		s.entries = make([]entry.Entry, slabEntries)
	}
	e := &s.entries[0]
	s.entries = s.entries[1:]
	return e
}

// Attributes returns room for n attributes, of length 0.
func (s *Slab) Attributes(n int) []entry.Attribute {
	if n > len(s.attributes) {
		if n > slabAttributes/2 {
			return make([]entry.Attribute, 0, n)
		}
		s.attributes = make([]entry.Attribute, slabAttributes)
	}
	room := s.attributes[:0:n]
	s.attributes = s.attributes[n:]
	return room
}

// Begin makes data what Text copies from.
func (s *Slab) Begin(data []byte) { s.data, s.text, s.from = data, nil, 0 }

// Text returns a copy of data[from:to] that is the caller's, and mostly part of a larger one.
func (s *Slab) Text(from, to int) []byte {
	if from < s.from || to > s.from+len(s.text) {
		s.from = from
		s.text = bytes.Clone(s.data[from:max(to, min(from+slabText, len(s.data)))])
	}
	return s.text[from-s.from : to-s.from : to-s.from]
}
