package cli

import "testing"

// A stamp that is lost would let its writer say whose entries are: none is left out without
// a word.
func TestStampsThatAreRefused(t *testing.T) {
	for name, pairs := range map[string][]string{
		"no name":            {"attributes.=a"},
		"a service twice":    {"service=a", "service=b"},
		"a host twice":       {"host=a", "host=b"},
		"an attribute twice": {"tenant=a", "attributes.tenant=b"},
	} {
		if stamp, err := parseStamp(pairs); err == nil {
			t.Errorf("%s: the stamp is %+v", name, stamp)
		}
	}
}
