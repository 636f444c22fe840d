package line

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// clock turns what a line says about time into nanoseconds since 1970.
type clock struct {
	now      time.Time
	location *time.Location // nil is UTC
}

const second = int64(time.Second)

// slack is how far in the future a time without a year may lie: clocks and zones differ.
const slack = 24 * time.Hour

// resolve returns the time that a stamp means, false for a time of day alone.
func (c clock) resolve(s *stamp) (int64, bool) {
	switch {
	case s.layout == epochLayout:
		return s.epoch, true
	case s.layout == dayLayout:
		return 0, false
	case s.year != 0:
		return c.at(s, s.year), true
	}
	latest := c.now.Add(slack).UnixNano()
	// Four years back find a 29 February, and eight across a century without one.
	for year, back := c.now.Add(slack).Year(), 0; back <= 8; year, back = year-1, back+1 {
		if s.day > daysIn(s.month, year) {
			continue
		}
		if t := c.at(s, year); t <= latest {
			return t, true
		}
	}
	return 0, false
}

func (c clock) at(s *stamp, year int) int64 {
	location := time.UTC
	if !s.zoned && c.location != nil {
		location = c.location
	}
	// An offset that the text names is taken off rather than made a Location of, which
	// would be garbage for each line.
	t := time.Date(year, time.Month(s.month), s.day, s.hour, s.minute, s.second, s.nanos, location)
	return t.UnixNano() - int64(s.east)*second
}

// value returns the time that the value of a field means: a date and time in any of the
// layouts that lines begin with, a date alone, or a number since 1970.
func (c clock) value(text string) (int64, bool) {
	text = strings.TrimSpace(text)
	if t, ok := epoch(text); ok {
		return t, true
	}
	if s, ok := scanStamp(text); ok && s.length == len(text) {
		return c.resolve(&s)
	}
	if len(text) == len("2006-01-02") {
		if s, ok := scanStamp(text + " 00:00:00"); ok {
			return c.resolve(&s)
		}
	}
	return 0, false
}

// The least numbers that are taken for seconds, milliseconds, microseconds and
// nanoseconds since 1970. Smaller ones than 1973 in seconds are durations and counters.
const (
	leastSeconds = 1e8
	leastMillis  = 1e11
	leastMicros  = 1e14
	leastNanos   = 1e17
)

// epoch reads a number of seconds, milliseconds, microseconds or nanoseconds since 1970,
// told apart by its size. Digits are read one by one: a float64 holds microseconds of
// today no longer exactly.
func epoch(text string) (int64, bool) {
	whole := countDigits(text)
	if whole == 0 || whole > 19 || len(text) > 40 {
		return 0, false
	}
	if whole < len(text) && text[whole] != '.' {
		return epochFloat(text)
	}
	n, err := strconv.ParseInt(text[:whole], 10, 64)
	if err != nil || n < leastSeconds {
		return epochFloat(text)
	}
	unit := int64(1)
	switch {
	case n < leastMillis:
		unit = second
	case n < leastMicros:
		unit = 1e6
	case n < leastNanos:
		unit = 1e3
	}
	if n > math.MaxInt64/unit-1 {
		return 0, false
	}
	t := n * unit
	if whole == len(text) {
		return t, true
	}
	fraction := text[whole+1:]
	if countDigits(fraction) != len(fraction) {
		return epochFloat(text)
	}
	for i := 0; i < len(fraction) && unit > 1; i++ {
		unit /= 10
		t += int64(fraction[i]-'0') * unit
	}
	return t, true
}

// epochFloat reads what has an exponent: 1.7000000001e9.
func epochFloat(text string) (int64, bool) {
	i := strings.IndexAny(text, "eE")
	if i <= 0 || i > 20 || !isDigit(text[len(text)-1]) {
		return 0, false
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f < leastSeconds || f >= math.MaxInt64 {
		return 0, false
	}
	switch {
	case f < leastMillis:
		f *= 1e6
	case f < leastMicros:
		f *= 1e3
	case f >= leastNanos:
		f /= 1e3
	}
	return int64(f) * 1e3, true
}

// leapYear is any leap year.
const leapYear = 2000

func daysIn(month, year int) int {
	switch {
	case month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0):
		return 29
	case month == 2:
		return 28
	case month == 4 || month == 6 || month == 9 || month == 11:
		return 30
	default:
		return 31
	}
}
