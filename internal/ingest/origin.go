package ingest

import (
	"slices"
	"strings"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// Origin is what is known of a source of lines, for what the lines do not say
// themselves. The zero value adds nothing.
type Origin struct {
	// Service and Host are used where an entry has none.
	Service, Host string
	// Attributes are added where an entry has none of that key.
	Attributes []entry.Attribute
}

// Mark fills in what e does not say itself.
func (o *Origin) Mark(e *entry.Entry) {
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
