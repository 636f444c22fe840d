package demo

import (
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// An incident begins so many entries after the end of the one before it, and lasts so
// many: at 20 entries a second, some seconds every two minutes or so.
const (
	incidentLeast, incidentMost = 1_500, 4_500
	lengthLeast, lengthMost     = 80, 240
)

// incident is the failure of one service. The zero value is none.
type incident struct {
	service *service
	left    int
	// spoken is how many of the words about it itself have been said: that it begins,
	// and that it is over.
	spoken int
}

// hits tells whether the service is failing now.
func (i *incident) hits(s *service) bool { return i.service == s && i.left > 0 }

// stepIncident counts an entry, and begins an incident when its time has come.
func (g *Generator) stepIncident() {
	if g.incident.left > 0 {
		g.incident.left--
		return
	}
	if g.incident.service != nil {
		return // until its last word is said
	}
	g.lead--
	if g.lead > 0 {
		return
	}
	g.lead = g.between(incidentLeast, incidentMost)
	// The storefront calls the others and is called by none: nobody would try again.
	g.incident = incident{service: pick(g, services[1:]), left: g.between(lengthLeast, lengthMost)}
}

// word returns what the service says about its incident as such, once at the beginning
// and once at the end; nil in between.
func (i *incident) word(g *Generator) *loggerv1.LogEntry {
	if i.service == nil {
		return nil
	}
	s, r := i.service, g.newRequest()
	var e *loggerv1.LogEntry
	switch {
	case i.spoken == 0:
		i.spoken++
		e = s.entry(g, r, loggerv1.Severity_FATAL, pick(g, s.lines[crash]))
	case i.left == 0:
		*i = incident{}
		e = s.entry(g, r, loggerv1.Severity_INFO, recovered)
	default:
		return nil
	}
	e.TraceId, e.SpanId = "", ""
	return e
}
