package index

import (
	"math/bits"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// rates estimates how often an atom holds, from samples of the entries. Bad estimates
// cost time and nothing else.
type rates struct {
	// counts has, by hash, in how many samples a thing was. Different things may share a
	// count, which makes them look commoner than they are; with the samples of two
	// windows, by about one in a thousand.
	counts []uint16
	// samples is how many were taken, those of the past counting half, a quarter, and so on.
	samples uint32
}

const (
	// countBits makes 65,536 counts: 128 KiB.
	countBits = 16
	// window is after how many samples all counts are halved: what was common half an
	// hour ago may be rare by now.
	window = 8192
	// confidence is how many samples it takes to weigh as much as what is assumed.
	confidence = 16
	// sampledBytes is how much of a message is sampled.
	sampledBytes = 1024
)

// What is assumed of a kind of atom before there are samples, and always of those that
// are not sampled.
const (
	assumedID      = 1e-6 // a trace, a span or a whole message
	assumedService = 0.05
	assumedHost    = 0.01
	assumedValue   = 0.005 // an attribute's
	assumedBegins  = 0.2
	assumedExists  = 0.5
	assumedBounded = 0.3 // of those that have the field
	assumedText    = 0.02
)

// assumedShort are the rates of texts of 0 to 3 bytes.
var assumedShort = [gramSize]float64{1, 0.5, 0.2, 0.05}

// sample takes an entry, and its message folded, into account.
func (r *rates) sample(e *entry.Entry, message []byte) {
	if r.counts == nil {
		r.counts = make([]uint16, 1<<countBits)
	}
	if r.samples == window {
		for i := range r.counts {
			r.counts[i] /= 2
		}
		r.samples /= 2
	}
	r.samples++
	r.text(filter.ServiceField, "", e.Service)
	r.text(filter.HostField, "", e.Host)
	for i := range e.Attributes {
		r.text(filter.AttributeField, e.Attributes[i].Key, e.Attributes[i].Value)
	}
	message = message[:min(len(message), sampledBytes)]
	for i := gramSize; i <= len(message); i++ {
		r.count(hashGram(gramAt(message[i-gramSize:])))
	}
}

func (r *rates) text(f filter.FieldKind, key, text string) {
	if text != "" {
		name := hashField(f, key)
		r.count(name)
		r.count(hashText(name, text))
	}
}

func (r *rates) count(hash uint64) {
	if c := &r.counts[hash>>(64-countBits)]; *c < 1<<16-1 {
		*c++
	}
}

// seen returns in how many samples the thing with this hash was, at most.
func (r *rates) seen(hash uint64) float64 {
	if r.counts == nil {
		return 0
	}
	return float64(r.counts[hash>>(64-countBits)])
}

// blend returns the rate of a thing that was in so many samples.
func (r *rates) blend(seen, assumed float64) float64 {
	return min(1, (seen+assumed*confidence)/(float64(r.samples)+confidence))
}

// of estimates for what part of all entries an atom holds.
func (r *rates) of(a *filter.Atom) float64 {
	switch a.Kind {
	case filter.Equals:
		return r.equals(a)
	case filter.Exists:
		return r.exists(a)
	case filter.Begins:
		return r.exists(a) * assumedBegins
	case filter.AtLeast, filter.AtMost:
		return r.exists(a) * assumedBounded
	case filter.Contains:
		return r.contains(a)
	}
	return 1
}

func (r *rates) equals(a *filter.Atom) float64 {
	assumed := assumedValue
	switch a.Field { //nolint:exhaustive // The others are not compared, or attributes.
	case filter.MessageField, filter.TraceIDField, filter.SpanIDField:
		return assumedID
	case filter.ServiceField:
		assumed = assumedService
	case filter.HostField:
		assumed = assumedHost
	}
	return r.blend(r.seen(hashText(hashField(a.Field, a.Key), a.Text)), assumed)
}

func (r *rates) exists(a *filter.Atom) float64 {
	switch a.Field { //nolint:exhaustive // The others are sampled.
	case filter.MessageField, filter.TimestampField:
		return 1
	case filter.TraceIDField, filter.SpanIDField:
		return assumedExists
	}
	return r.blend(r.seen(hashField(a.Field, a.Key)), assumedExists)
}

// contains estimates the rate of a text by that of its rarest gram.
func (r *rates) contains(a *filter.Atom) float64 {
	if len(a.Text) < gramSize {
		return assumedShort[len(a.Text)]
	}
	if a.Field != filter.MessageField {
		return r.exists(a) * assumedText
	}
	rarest := r.gram(a.Text[:gramSize])
	for i := gramSize + 1; i <= len(a.Text); i++ {
		rarest = min(rarest, r.gram(a.Text[i-gramSize:i]))
	}
	return r.blend(rarest, assumedText)
}

// gram returns in how many samples there was a gram, at most, and more if it was in them
// several times.
func (r *rates) gram(text string) float64 { return r.seen(hashGram(gramAt(text))) }

// The hashes are fixed, not seeded: the same traffic and the same filters give the same
// plans, which tests rely on, and whoever makes two things collide gains nothing but
// bad estimates of both.
const multiplier = 0x9E3779B97F4A7C15

func hashGram(gram uint32) uint64 { return mix(uint64(gram)) }

func hashField(f filter.FieldKind, key string) uint64 { return hashText(mix(uint64(f)<<32), key) }

func hashText(seed uint64, text string) uint64 {
	for i := range len(text) {
		seed = (seed ^ uint64(text[i])) * multiplier
		seed ^= seed >> 32
	}
	return mix(seed)
}

func mix(v uint64) uint64 {
	hi, lo := bits.Mul64(v^multiplier, multiplier)
	return hi ^ lo
}
