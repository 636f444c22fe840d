package workload

import (
	"fmt"

	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// Selective is a kind of filters of which an entry matches hardly any.
type Selective struct {
	Name string
	// Hostile tells that it is made to be hard, and not written by people.
	Hostile bool
	format  string // of a query, with one number
}

// AllSelective returns the kinds.
func AllSelective() []Selective {
	return []Selective{
		{Name: "equality", format: "attributes.user_id=u%06d"},
		{Name: "text", format: `"ord_%07d"`},
		{Name: "prefix", format: "trace_id=%08x*"},
		{Name: "expression", format: `message=~"ord_%07d .*"`},
		{Name: "two conditions", format: "severity>=INFO service=svc-1 attributes.user_id=u%06d"},
		{Name: "either of two", format: "(attributes.user_id=u%06d OR trace_id=abc) severity>=INFO"},
		{Name: "text of zeros and ones", Hostile: true, format: `"%020b"`},
	}
}

// Matchers returns n different filters of the kind. It fails only if the query language
// has changed.
func (s Selective) Matchers(n int) ([]*filter.Matcher, error) {
	const apart = 37 // so that neighbours differ in more than the last digit
	all := make([]*filter.Matcher, n)
	for i := range all {
		m, err := filter.Parse(fmt.Sprintf(s.format, apart*i))
		if err != nil {
			return nil, err
		}
		all[i] = m
	}
	return all, nil
}
