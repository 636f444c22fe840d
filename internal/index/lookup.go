package index

import "github.com/seed-2f16ea30/logsieve/internal/filter"

// lookUpFields looks at what is filed under the fields that every entry has.
func (x *engine) lookUpFields() {
	e, fields := x.entry, &x.catalogue.fields
	x.lookUpText(fields[filter.MessageField], e.Message)
	x.lookUpText(fields[filter.ServiceField], e.Service)
	x.lookUpText(fields[filter.HostField], e.Host)
	x.lookUpText(fields[filter.TraceIDField], e.TraceID)
	x.lookUpText(fields[filter.SpanIDField], e.SpanID)
	if times := fields[filter.TimestampField]; times != nil && e.Timestamp != 0 {
		x.lookUpBounds(&times.bounds, e.Timestamp)
	}
}

// lookUpText looks at what is filed under a fixed field, which an entry does not have if
// it is empty.
func (x *engine) lookUpText(s *shelf, text string) {
	if s != nil && text != "" {
		x.lookUp(s, text)
	}
}

// lookUpAttributes looks at what is filed under the entry's attributes. Of several with
// the same key the first counts, as it does in [entry.Entry.Attribute].
func (x *engine) lookUpAttributes() {
	if len(x.catalogue.attributes) == 0 {
		return
	}
	for i := range x.entry.Attributes {
		a := &x.entry.Attributes[i]
		if s := x.catalogue.attributes[a.Key]; s != nil && s.seen != x.epoch {
			s.seen = x.epoch
			x.lookUp(s, a.Value)
		}
	}
}

// lookUp looks at what is filed under a field of which the entry has this text.
func (x *engine) lookUp(s *shelf, text string) {
	x.offer(s.exists)
	if len(s.equal) > 0 {
		x.offer(s.equal[text])
	}
	for _, length := range s.prefixes.lengths {
		if length.bytes > len(text) {
			break
		}
		x.offer(s.prefixes.byText[text[:length.bytes]])
	}
	if !s.bounds.empty() {
		if place, ok := filter.Number(text); ok {
			x.lookUpBounds(&s.bounds, place)
		}
	}
	found := x.inMessage
	if s.kind != filter.MessageField {
		x.found = x.search(x.found, s, text)
		found = x.found
	}
	for _, id := range found {
		x.offer(s.grams.literals[id].postings)
	}
}

// search returns the texts of a shelf that occur in this one, in the memory of found.
func (x *engine) search(found []literalID, s *shelf, text string) []literalID {
	if len(s.grams.byText) == 0 {
		return found[:0]
	}
	old := s.grams.compared
	found = s.grams.find(found[:0], x.fold(text), x.epoch)
	x.stats.Compared += s.grams.compared - old
	return found
}

// lookUpBounds looks at the groups whose bound this number or time satisfies.
func (x *engine) lookUpBounds(b *bounds, at int64) {
	for i := 0; i < len(b.atLeast) && b.atLeast[i].at <= at; i++ {
		x.offer(b.atLeast[i].postings)
	}
	for i := len(b.atMost) - 1; i >= 0 && b.atMost[i].at >= at; i-- {
		x.offer(b.atMost[i].postings)
	}
}
