package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// momentForms says what moment takes.
const momentForms = "5m or 2d ago, a time like 2026-01-31T08:00:00Z, or 2026-01-31 08:00 or 08:00 in the local zone"

// moment is a flag whose value is a point in time, given as such or as how long ago it was.
type moment struct {
	now func() time.Time
	at  time.Time // zero: not given
	raw string
}

var _ pflag.Value = (*moment)(nil)

func (m *moment) String() string { return m.raw }

// Type is what the help calls the value.
func (m *moment) Type() string { return "time" }

// Set takes the value of the flag.
func (m *moment) Set(text string) error {
	now := m.now()
	at, err := parseMoment(text, now)
	if err != nil {
		return err
	}
	m.at, m.raw = at, text
	return nil
}

// timestamp returns the point in time, nil if none was given.
func (m *moment) timestamp() *timestamppb.Timestamp {
	if m.at.IsZero() {
		return nil
	}
	return timestamppb.New(m.at)
}

func parseMoment(text string, now time.Time) (time.Time, error) {
	if ago, ok := parseAgo(text); ok {
		return now.Add(-ago), nil
	}
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at, nil
	}
	for _, layout := range []string{
		"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02",
	} {
		if at, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return at, nil
		}
	}
	for _, layout := range []string{"15:04", "15:04:05"} {
		at, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		year, month, day := now.Date()
		at = time.Date(year, month, day, at.Hour(), at.Minute(), at.Second(), 0, now.Location())
		if at.After(now) {
			at = at.AddDate(0, 0, -1) // the last time that it was so late
		}
		return at, nil
	}
	return time.Time{}, fmt.Errorf("%q is not a time: give %s", text, momentForms)
}

// parseAgo reads a duration, in which d is a day.
func parseAgo(text string) (time.Duration, bool) {
	days := time.Duration(0)
	if before, rest, ok := strings.Cut(text, "d"); ok {
		n, err := strconv.ParseUint(before, 10, 16)
		if err != nil {
			return 0, false
		}
		days, text = time.Duration(n)*24*time.Hour, rest
		if text == "" {
			return days, true
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, false
	}
	return days + d, true
}
