package filter

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// mustParse compiles a query that must be right.
func mustParse(tb testing.TB, query string) *Matcher {
	tb.Helper()
	m, err := Parse(query)
	if err != nil {
		tb.Fatalf("Parse(%q): %v", query, err)
	}
	return m
}

// selectCase is a query and whether it selects the entry of the test.
type selectCase struct {
	query string
	want  bool
}

// checkSelects runs each query on the entry, and so does it with the canonical text of
// the query and with its negation, which must say the contrary.
func checkSelects(t *testing.T, e *entry.Entry, cases []selectCase) {
	t.Helper()
	for _, c := range cases {
		m := mustParse(t, c.query)
		if got := m.Match(e); got != c.want {
			t.Errorf("%s: Match = %v, want %v, canonical %s", c.query, got, c.want, m.Canonical())
		}
		if got := mustParse(t, m.Canonical()).Match(e); got != c.want {
			t.Errorf("%s: Match of canonical %s = %v, want %v", c.query, m.Canonical(), got, c.want)
		}
		if got := mustParse(t, "NOT ("+c.query+")").Match(e); got == c.want {
			t.Errorf("NOT (%s): Match = %v, want %v", c.query, got, !c.want)
		}
	}
}

// attributes makes sorted attributes from keys and values in turn.
func attributes(keysAndValues ...string) []entry.Attribute {
	var a []entry.Attribute
	for i := 0; i < len(keysAndValues); i += 2 {
		a = append(a, entry.Attribute{Key: keysAndValues[i], Value: keysAndValues[i+1]})
	}
	return entry.SortAttributes(a)
}
