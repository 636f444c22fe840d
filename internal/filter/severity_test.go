package filter

import (
	"testing"

	"pgregory.net/rapid"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// severitiesOf returns the severities that a matcher selects.
func severitiesOf(m *Matcher) severitySet {
	var set severitySet
	for s := entry.Severity(0); s <= entry.MaxSeverity; s++ {
		if m.Match(&entry.Entry{Severity: s}) {
			set |= 1 << s
		}
	}
	return set
}

func TestSeverityComparisons(t *testing.T) {
	for _, c := range []struct {
		query  string
		lo, hi entry.Severity
	}{
		{"severity=ERROR", 17, 20},
		{"severity>=ERROR", 17, 24},
		{"severity>ERROR", 21, 24},
		{"severity<ERROR", 1, 16},
		{"severity<=ERROR", 1, 20},
		{"severity>=TRACE", 1, 24},
		{"severity=FATAL", 21, 24},
		{"severity=17", 17, 17},
		{"severity>17", 18, 24},
		{"severity<=17", 1, 17},
		{"severity>=24", 24, 24},
		{"severity>=error", 17, 24},
		{"severity>=Warning", 13, 24},
		{"severity=WARNING", 13, 16},
		{`severity="INFO"`, 9, 12},
		{"severity:INFO", 9, 12},
		{"severity:*", 1, 24},
		// What ingest takes for one severity within a group is that one in a query, too.
		{"severity=CRITICAL", 18, 18},
		{"severity>=critical", 18, 24},
		{"severity=NOTICE", 10, 10},
		{"severity>=DEBUG severity<=WARN", 5, 16},
		{"severity=(DEBUG OR INFO)", 5, 12},
	} {
		if got, want := severitiesOf(mustParse(t, c.query)), severitiesBetween(c.lo, c.hi); got != want {
			t.Errorf("%s selects %025b, want %025b", c.query, got, want)
		}
	}
	for query, want := range map[string]severitySet{
		"severity!=ERROR":           knownSeverity &^ severitiesBetween(17, 20),
		"-severity=ERROR":           everySeverity &^ severitiesBetween(17, 20),
		"severity!=(INFO OR ERROR)": knownSeverity &^ severitiesBetween(17, 20) &^ severitiesBetween(9, 12),
		"severity<TRACE":            0,
		"severity>FATAL":            0,
		"severity>=20 severity<=17": 0,
	} {
		if got := severitiesOf(mustParse(t, query)); got != want {
			t.Errorf("%s selects %025b, want %025b", query, got, want)
		}
	}
}

func TestSeverityOfAnUnknownNumberMatchesNothing(t *testing.T) {
	for _, query := range []string{"severity:*", "severity>=TRACE", "severity!=INFO"} {
		if mustParse(t, query).Match(&entry.Entry{Severity: 200}) {
			t.Errorf("%s selects severity 200", query)
		}
	}
}

// Every set has a text, the text means the set, and all other ways to write it have the
// same text.
func TestSeverityTextMeansTheSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := severitySet(rapid.Uint32Max(uint32(everySeverity)-1).Draw(t, "set"))
		text := string(set.appendText(nil))
		m, err := Parse(text)
		if err != nil {
			t.Fatalf("Parse(%q): %v", text, err)
		}
		if got := severitiesOf(m); got != set || m.Canonical() != text {
			t.Fatalf("%s selects %025b as %s, want %025b", text, got, m.Canonical(), set)
		}
	})
}

func TestMinSeverity(t *testing.T) {
	for group, canonical := range map[loggerv1.Severity]string{
		loggerv1.Severity_SEVERITY_UNSPECIFIED: "",
		loggerv1.Severity_TRACE:                "severity:*",
		loggerv1.Severity_WARN:                 "severity>=WARN",
		loggerv1.Severity_FATAL:                "severity=FATAL",
	} {
		m, err := Compile(&loggerv1.LogFilter{MinSeverity: group})
		if err != nil {
			t.Fatalf("min_severity %v: %v", group, err)
		}
		if m.Canonical() != canonical {
			t.Errorf("min_severity %v: canonical %q, want %q", group, m.Canonical(), canonical)
		}
	}
}

func TestStrictestSeverityWins(t *testing.T) {
	m, err := Compile(&loggerv1.LogFilter{Query: "severity>=INFO", MinSeverity: loggerv1.Severity_ERROR})
	if err != nil {
		t.Fatal(err)
	}
	if m.Canonical() != "severity>=ERROR" {
		t.Errorf("canonical %q, want severity>=ERROR", m.Canonical())
	}
}
