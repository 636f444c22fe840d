package filter

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// TestMatchWithin compares with Match: what it is sure of is so, and with enough work it is
// sure of everything.
func TestMatchWithin(t *testing.T) {
	unsure := false
	rapid.Check(t, func(t *rapid.T) {
		matcher := newMatcher(parseRoomy(t, drawModel(t, 3).render(t, false)))
		for range 8 {
			e := drawEntry(t)
			want := matcher.Match(e)
			if may, sure := matcher.MatchWithin(e, nil); may != want || !sure {
				t.Fatalf("%s\nselects %+v: %t, sure %t, want %t", matcher.Canonical(), e, may, sure, want)
			}
			a := Allowance{Left: Work(rapid.IntRange(0, 100).Draw(t, "work"))}
			may, sure := matcher.MatchWithin(e, &a)
			if want && !may || sure && may != want || a.Left < 0 {
				t.Fatalf("%s\nselects %+v: %t, sure %t with %d left, want %t", matcher.Canonical(), e, may, sure, a.Left, want)
			}
			unsure = unsure || !sure
		}
	})
	if !unsure {
		t.Error("it was always sure: the test shows nothing")
	}
}

func TestWorkIsTakenOff(t *testing.T) {
	m := mustParse(t, `message=~"abc[a-d]+d"`)
	e := &entry.Entry{Message: strings.Repeat("abcd", 25)}
	a := Allowance{Left: 10_000}
	if may, sure := m.MatchWithin(e, &a); !may || !sure || a.Left >= 10_000 || a.Left < 8_000 {
		t.Errorf("%t, sure %t, and %d are left of 10,000: 100 bytes and a few instructions cost some hundreds at most", may, sure, a.Left)
	}
	a.Left = 100
	if may, sure := m.MatchWithin(e, &a); !may || sure || a.Left != 100 {
		t.Errorf("%t, sure %t, and %d are left of 100: nothing was to be run", may, sure, a.Left)
	}
	if may, sure := m.MatchWithin(&entry.Entry{Message: strings.Repeat("x", 1<<20)}, &a); may || !sure {
		t.Error("a text without what the expression requires is not refused")
	}
}
