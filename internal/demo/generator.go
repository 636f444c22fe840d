package demo

import (
	"math/rand/v2"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// inFlight is how many requests are under way at a time: entries of so many traces are
// mixed, as they are in a real log.
const inFlight = 8

// backgroundShare is the share of entries that belong to no request.
const backgroundShare = 0.08

// Generator makes one entry after the other. It is not safe for concurrent use.
type Generator struct {
	random   *rand.Rand
	requests [inFlight]*request
	incident incident
	// lead is how many entries it is to the next incident.
	lead int
}

// New returns the generator of a seed.
func New(seed uint64) *Generator {
	const stream = 0x73686f70                                    // any constant: it only tells this use of a seed from others
	g := &Generator{random: rand.New(rand.NewPCG(seed, stream))} //nolint:gosec // G404: sample data, made again from a seed.
	for i := range g.requests {
		g.requests[i] = g.newRequest()
	}
	g.lead = g.between(incidentLeast, incidentMost)
	return g
}

// Next returns the next entry, with now as its timestamp and nothing that the server
// sets. The entry is the caller's.
func (g *Generator) Next(now time.Time) *loggerv1.LogEntry {
	g.stepIncident()
	e := g.next()
	e.Timestamp = timestamppb.New(now)
	return e
}

func (g *Generator) next() *loggerv1.LogEntry {
	if word := g.incident.word(g); word != nil {
		return word
	}
	if g.random.Float64() < backgroundShare {
		return g.background()
	}
	i := g.random.IntN(inFlight)
	e := g.requests[i].step(g)
	if g.requests[i].done() {
		g.requests[i] = g.newRequest()
	}
	return e
}

// background returns an entry of a service that belongs to no request.
func (g *Generator) background() *loggerv1.LogEntry {
	s := pick(g, services)
	r := g.newRequest()
	severity := g.severity()
	e := s.entry(g, r, severity, pick(g, s.background[group(severity)]))
	e.TraceId, e.SpanId = "", ""
	return e
}

// severities are drawn with these weights, in thousandths. Incidents add about 10 of
// ERROR and 10 of WARN, which brings the whole to what the package promises.
var severities = []struct {
	severity loggerv1.Severity
	weight   int
}{
	{loggerv1.Severity_DEBUG, 153},
	{loggerv1.Severity_INFO, 716},
	{loggerv1.Severity_WARN, 92},
	{loggerv1.Severity_ERROR, 34},
	{loggerv1.Severity_FATAL, 5},
}

func (g *Generator) severity() loggerv1.Severity {
	n := g.random.IntN(1000)
	for _, s := range severities {
		if n -= s.weight; n < 0 {
			return s.severity
		}
	}
	return loggerv1.Severity_INFO
}

// between returns a number from least to most, both included.
func (g *Generator) between(least, most int) int { return least + g.random.IntN(most-least+1) }

// pick returns one of the items. The list must not be empty.
func pick[T any](g *Generator, items []T) T { return items[g.random.IntN(len(items))] }

// skewed returns a number below n, small ones much more often than large ones: a few
// users and products make most of the traffic.
func (g *Generator) skewed(n int) int {
	f := g.random.Float64()
	return int(f * f * f * float64(n))
}
