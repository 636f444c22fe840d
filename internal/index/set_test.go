package index_test

import (
	"fmt"
	"testing"

	"go.uber.org/goleak"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
	"github.com/seed-2f16ea30/logsieve/internal/index"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func mustParse(tb testing.TB, query string) *filter.Matcher {
	tb.Helper()
	m, err := filter.Parse(query)
	if err != nil {
		tb.Fatalf("Parse(%q): %v", query, err)
	}
	return m
}

func TestAMemberLeavesOnce(t *testing.T) {
	var set index.Set[string]
	e := &entry.Entry{Message: "timeout"}
	first := set.Add(mustParse(t, "timeout"), "first")
	set.Add(mustParse(t, "TIMEOUT"), "second")
	if set.Len() != 1 {
		t.Errorf("the same filter twice makes %d", set.Len())
	}
	set.Remove(first)
	set.Remove(first)
	if got := set.AppendMatches(nil, e); len(got) != 1 || got[0] != "second" {
		t.Errorf("matched %q, want the second alone", got)
	}
}

func TestAMemberMayHaveSeveralPlaces(t *testing.T) {
	var set index.Set[string]
	m := mustParse(t, "timeout")
	set.Add(m, "twice")
	place := set.Add(m, "twice")
	if got := set.AppendMatches(nil, &entry.Entry{Message: "timeout"}); len(got) != 2 {
		t.Errorf("matched %q, want it twice", got)
	}
	set.Remove(place)
	if got := set.AppendMatches(nil, &entry.Entry{Message: "timeout"}); len(got) != 1 {
		t.Errorf("matched %q, want it once", got)
	}
}

// Ids of groups and predicates are used again, between two entries.
func TestANewFilterIsNotTakenForTheOldOne(t *testing.T) {
	var set index.Set[int]
	for i := range 20 {
		set.Add(mustParse(t, fmt.Sprintf("service=other-%d", i)), -1)
	}
	e := &entry.Entry{Service: "a", Message: "timeout"}
	for i := range 100 {
		place := set.Add(mustParse(t, fmt.Sprintf("service=a -word%d", i)), i)
		if got := set.AppendMatches(nil, e); len(got) != 1 || got[0] != i {
			t.Fatalf("matched %v, want %d", got, i)
		}
		set.Remove(place)
		place = set.Add(mustParse(t, "service=a -timeout"), i)
		if got := set.AppendMatches(nil, e); len(got) != 0 {
			t.Fatalf("matched %v, want nobody", got)
		}
		set.Remove(place)
	}
}
