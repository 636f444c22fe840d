package ingest

import (
	"slices"
	"strings"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/line"
)

// Origin is what is known of a source of lines, for what the lines do not say
// themselves. The zero value adds nothing.
type Origin struct {
	// Service and Host are used where a line names none.
	Service, Host string
	// Attributes are added where a line has none of that key.
	Attributes []entry.Attribute
	// Parser is how its lines are read.
	Parser line.Parser
}

// Entry returns the entry of a line that was read at now. It returns nil for a line of
// nothing but space, which people and programs write to part others.
func (o *Origin) Entry(l line.Line, now time.Time) *entry.Entry {
	if strings.TrimSpace(l.Text) == "" {
		return nil
	}
	e := o.Parser.Parse(l.Text, now)
	if e.Observed == 0 {
		e.Observed = now.UnixNano()
	}
	if l.Length > len(l.Text) {
		MarkCut(e, l.Length)
	}
	o.mark(e)
	return e
}

// mark fills in what the line does not say.
func (o *Origin) mark(e *entry.Entry) {
	if e.Service == "" {
		e.Service = o.Service
	}
	if e.Host == "" {
		e.Host = o.Host
	}
	for _, a := range o.Attributes {
		// The attributes are sorted: insert in place rather than sort again.
		i, found := slices.BinarySearchFunc(e.Attributes, a.Key, func(have entry.Attribute, key string) int {
			return strings.Compare(have.Key, key)
		})
		if !found {
			e.Attributes = slices.Insert(e.Attributes, i, a)
		}
	}
}
