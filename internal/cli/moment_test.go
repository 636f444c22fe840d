package cli

import (
	"testing"
	"time"
)

func TestMoment(t *testing.T) {
	zone := time.FixedZone("X", 3600)
	now := time.Date(2026, 5, 6, 12, 30, 0, 0, zone)
	tests := map[string]time.Time{
		"5m":                        now.Add(-5 * time.Minute),
		"1h30m":                     now.Add(-90 * time.Minute),
		"2d":                        now.Add(-48 * time.Hour),
		"1d12h":                     now.Add(-36 * time.Hour),
		"0s":                        now,
		"2026-01-31T08:00:00Z":      time.Date(2026, 1, 31, 8, 0, 0, 0, time.UTC),
		"2026-01-31T08:00:00.5Z":    time.Date(2026, 1, 31, 8, 0, 0, 5e8, time.UTC),
		"2026-01-31T08:00:00+02:00": time.Date(2026, 1, 31, 6, 0, 0, 0, time.UTC),
		"2026-01-31 08:00":          time.Date(2026, 1, 31, 8, 0, 0, 0, zone),
		"2026-01-31T08:00:07":       time.Date(2026, 1, 31, 8, 0, 7, 0, zone),
		"2026-01-31":                time.Date(2026, 1, 31, 0, 0, 0, 0, zone),
		"08:15":                     time.Date(2026, 5, 6, 8, 15, 0, 0, zone),
		"23:15":                     time.Date(2026, 5, 5, 23, 15, 0, 0, zone), // not in the future
	}
	for text, want := range tests {
		got, err := parseMoment(text, now)
		if err != nil || !got.Equal(want) {
			t.Errorf("parseMoment(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "5", "tomorrow", "-5m", "99999999d", "xd", "2026-13-01", "25:00", "1dx"} {
		if got, err := parseMoment(text, now); err == nil {
			t.Errorf("parseMoment(%q) = %v, want an error", text, got)
		}
	}
}
