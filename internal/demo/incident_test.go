package demo

import (
	"strings"
	"testing"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// An incident is visible as such: a burst of errors of one service, retries of those who
// call it, and its word that it is over.
func TestIncident(t *testing.T) {
	g := New(5)
	var incidents int
	for range 50_000 {
		g.Next(start)
		if g.incident.service == nil {
			continue
		}
		failing := g.incident.service.name
		during, last := g.through()
		incidents++

		errors, retries := 0, 0
		for _, e := range during {
			if e.GetService() == failing && e.GetSeverity() == loggerv1.Severity_ERROR {
				errors++
			}
			if e.GetAttributes()["peer.service"] == failing {
				retries++
				if e.GetService() == failing {
					t.Errorf("%s calls itself: %q", failing, e.GetMessage())
				}
			}
		}
		if errors < len(during)/20 {
			t.Errorf("%s: only %d errors among %d entries", failing, errors, len(during))
		}
		if retries == 0 && failing != "search" {
			t.Errorf("%s: nobody tried again in %d entries", failing, len(during))
		}
		if last.GetService() != failing || !strings.HasPrefix(last.GetMessage(), "healthy again") {
			t.Errorf("%s: the last word is %q of %s", failing, last.GetMessage(), last.GetService())
		}
	}
	if incidents < 50_000/(incidentMost+lengthMost)/2 {
		t.Errorf("%d incidents in 50,000 entries", incidents)
	}
}

// through returns the rest of the incident, and its last word.
func (g *Generator) through() (during []*loggerv1.LogEntry, last *loggerv1.LogEntry) {
	for g.incident.service != nil {
		last = g.Next(start)
		during = append(during, last)
	}
	return during, last
}

// A quiet log has errors too, but never a burst of them from one service.
func TestQuietBetweenIncidents(t *testing.T) {
	g := New(9)
	const window = 200
	var recent []string
	for range 20_000 {
		e := g.Next(start)
		if g.incident.service != nil {
			g.through()
			// Requests that failed end with errors of their own.
			recent = nil
			continue
		}
		recent = append(recent, "")
		if e.GetSeverity() == loggerv1.Severity_ERROR {
			recent[len(recent)-1] = e.GetService()
		}
		recent = recent[max(0, len(recent)-window):]
		count := map[string]int{}
		for _, service := range recent {
			count[service]++
			if service != "" && count[service] > 20 {
				t.Fatalf("%d errors of %s within %d entries, and no incident", count[service], service, window)
			}
		}
	}
}
