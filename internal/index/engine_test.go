package index

import (
	"slices"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

func mustParse(tb testing.TB, query string) *filter.Matcher {
	tb.Helper()
	m, err := filter.Parse(query)
	if err != nil {
		tb.Fatalf("Parse(%q): %v", query, err)
	}
	return m
}

// queries are more than are scanned, one of each kind of anchor and of rest.
var queries = []string{
	"timeout", "host:timeout", "service=a", "service=a*", "attributes.k:*", "attributes.k=v", "attributes.n>1", "timestamp>=2026-11-21T13:45:00Z",
	"-timeout", "severity>=ERROR", `message=~"time.ut"`, `message=~"t\d"`, "timeout OR service=b", "service=a -timeout", `service=a message=~"t.*x"`, "ab", "a", "attributes.k:va",
}

// Epochs begin anew after two thousand million entries. What bears an old one must not
// be taken for what was found out about the entry.
func TestEpochsBeginAnew(t *testing.T) {
	entries := []*entry.Entry{
		{Message: "a timeout", Service: "a", Host: "timeout", Severity: entry.Error, Attributes: []entry.Attribute{{Key: "k", Value: "val"}}},
		{Message: "b", Service: "b"},
	}
	var x engine
	for _, q := range queries {
		x.join(mustParse(t, q))
	}
	want := make([][]groupID, len(entries))
	for i, e := range entries {
		want[i] = slices.Sorted(slices.Values(x.match(e)))
	}
	x.epoch = maxEpoch - 3
	for n := range 8 {
		i := n % len(entries)
		if got := slices.Sorted(slices.Values(x.match(entries[i]))); !slices.Equal(got, want[i]) {
			t.Errorf("at epoch %d: matched %v, want %v", x.epoch, got, want[i])
		}
	}
}

// What is taken out leaves nothing behind.
func TestNothingIsLeftBehind(t *testing.T) {
	var x engine
	ids := make([]groupID, len(queries))
	for range 3 {
		for i, q := range queries {
			ids[i] = x.join(mustParse(t, q))
		}
		x.match(&entry.Entry{Message: "a timeout", Service: "a"})
		for _, id := range ids {
			x.leave(id)
		}
	}
	if n := len(x.groups); n != len(queries) {
		t.Errorf("room for %d groups, where there never were more than %d", n, len(queries))
	}
	c := &x.catalogue
	if len(c.attributes)+len(c.rest)+len(x.byFilter)+len(x.live)+len(x.predicates.byText) != 0 {
		t.Errorf("left: %d attributes, %d groups with no anchor, %d by filter, %d live, %d predicates",
			len(c.attributes), len(c.rest), len(x.byFilter), len(x.live), len(x.predicates.byText))
	}
	for kind, s := range c.fields {
		if s != nil {
			t.Errorf("field %d has a shelf with %d filed", kind, s.filed)
		}
	}
}

// A count of grams that is full can no longer be taken down: it may stand for more.
func TestFullCountsStay(t *testing.T) {
	var l level
	gram := uint64(7)
	l.insert(gram, 1)
	count := &l.counts[gram*multiplier>>l.shift]
	*count = saturatedCount
	l.remove(gram, 1)
	if *count != saturatedCount {
		t.Errorf("the count is %d, and was full", *count)
	}
}
