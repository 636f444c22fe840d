package load

import "slices"

// Plan is a stretch of numbers of each writer: those from From, included, to To,
// excluded, by writer.
type Plan struct{ From, To []uint64 }

// Total returns how many entries a plan has.
func (p Plan) Total() uint64 { return p.Count(Everything()) }

// Count returns how many entries of a class it has.
func (p Plan) Count(c Class) (n uint64) {
	for w := range p.From {
		n += c.count(p.From[w], p.To[w])
	}
	return n
}

// Spread plans n entries, evenly over all writers.
func (w *Writers) Spread(n uint64) Plan {
	p := Plan{From: slices.Clone(w.next), To: slices.Clone(w.next)}
	writers := uint64(len(w.next))
	for i := range p.To {
		p.To[i] += (n + writers - 1) / writers
	}
	w.next = slices.Clone(p.To)
	return p
}

// One plans n entries of the first writer.
func (w *Writers) One(n uint64) Plan {
	p := Plan{From: slices.Clone(w.next), To: slices.Clone(w.next)}
	p.To[0] += n
	w.next = slices.Clone(p.To)
	return p
}
