package config

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

var errDuration = errors.New("is not a duration: write a number with ms, s, m, h or d, as in 30s, 1h30m or 7d")

// ParseDuration returns the duration that a text means: what time.ParseDuration accepts,
// and days of 24 hours in front of it, as in "7d" or "1d12h". It fails for a negative
// duration.
func ParseDuration(text string) (time.Duration, error) {
	var days time.Duration
	rest := strings.TrimSpace(text)
	if number, after, ok := strings.Cut(rest, "d"); ok {
		n, err := strconv.ParseUint(number, 10, 31)
		if err != nil || n > uint64(math.MaxInt64/day) {
			return 0, errDuration
		}
		days, rest = time.Duration(n)*day, after
		if rest == "" {
			return days, nil
		}
	}
	d, err := time.ParseDuration(rest)
	if err != nil || d < 0 || days > math.MaxInt64-d {
		return 0, errDuration
	}
	return days + d, nil
}

// FormatDuration returns the shortest text that ParseDuration takes back: "7d", "1h30m".
func FormatDuration(d time.Duration) string {
	if d != 0 && d%day == 0 {
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
