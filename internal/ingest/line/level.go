package line

import (
	"strconv"
	"strings"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// levelOf returns the severity that the value of a level field stands for.
func levelOf(scale scale, value string) (entry.Severity, bool) {
	value = strings.TrimSpace(value)
	if value == "" {
		return 0, false
	}
	if isDigit(value[0]) {
		n, err := strconv.Atoi(value)
		if err != nil {
			return 0, false
		}
		return levelNumber(scale, n)
	}
	if s, ok := severityByName(value); ok {
		return s, true
	}
	if len(value) == 1 {
		return levelLetter(value[0])
	}
	return levelOffset(value)
}

// severityByName is entry.ParseSeverity and the short names of .NET and of zerolog's
// console, which are no words that a person would type.
func severityByName(value string) (entry.Severity, bool) {
	if s, ok := entry.ParseSeverity(value); ok {
		return s, true
	}
	if len(value) > 5 {
		return 0, false
	}
	switch strings.ToLower(value) {
	case "trc", "trce":
		return entry.Trace, true
	case "dbug":
		return entry.Debug, true
	case "fail":
		return entry.Error, true
	case "ftl", "pnc":
		return entry.Fatal, true
	default:
		return 0, false
	}
}

// levelLetter knows the letters of Android, glog and MongoDB.
func levelLetter(c byte) (entry.Severity, bool) {
	switch c {
	case 'V', 'T':
		return entry.Trace, true
	case 'D':
		return entry.Debug, true
	case 'I':
		return entry.Info, true
	case 'W':
		return entry.Warn, true
	case 'E':
		return entry.Error, true
	case 'F', 'A':
		return entry.Fatal, true
	default:
		return 0, false
	}
}

// levelOffset knows the levels between the named ones of slog: INFO+2, DEBUG-4.
func levelOffset(value string) (entry.Severity, bool) {
	i := strings.IndexAny(value, "+-")
	if i <= 0 {
		return 0, false
	}
	base, ok := entry.ParseSeverity(value[:i])
	offset, err := strconv.Atoi(value[i:])
	if !ok || err != nil || offset < -int(entry.MaxSeverity) || offset > int(entry.MaxSeverity) {
		return 0, false
	}
	s := min(max(int(base)+offset, int(entry.Trace)), int(entry.MaxSeverity))
	return entry.Severity(s), true
}

// syslogSeverities holds the severities of syslog, 0 emergency to 7 debug.
var syslogSeverities = [8]entry.Severity{
	entry.Fatal, entry.Error + 2, entry.Error + 1, entry.Error, entry.Warn, entry.Info + 1, entry.Info, entry.Debug,
}

// levelNumber returns what a number stands for. The ranges of the common loggers hardly
// meet, so their size tells most of them apart.
func levelNumber(scale scale, n int) (entry.Severity, bool) {
	switch {
	case scale == otelScale:
		return entry.Severity(n), n >= 1 && n <= int(entry.MaxSeverity) //nolint:gosec // G115: checked beside.
	case scale == pythonScale:
		return groupOf(n/10+1, 2, 6)
	case n <= 7: // GELF, journald, winston with syslog's levels
		return syslogSeverities[n], true
	case scale == syslogScale:
		return 0, false
	case n < 70: // pino and bunyan: 10 trace to 60 fatal
		return groupOf(n/10, 1, 6)
	case n >= 100 && n <= 600: // monolog: 100 debug to 600 emergency
		return monologLevel(n), true
	case n == 700: // java.util.logging
		return entry.Debug, true
	case n == 800 || n == 900 || n == 1000:
		return groupOf(n/100-5, 3, 5)
	case n == 5000: // logback and log4j: 5000 trace, 10000 debug to 50000 fatal
		return entry.Trace, true
	case n >= 10000 && n <= 50000:
		return groupOf(n/10000+1, 2, 6)
	default:
		return 0, false
	}
}

func monologLevel(n int) entry.Severity {
	switch {
	case n < 200:
		return entry.Debug
	case n < 250:
		return entry.Info
	case n < 300:
		return entry.Info + 1
	case n < 400:
		return entry.Warn
	case n < 500:
		return entry.Error
	case n < 600:
		return entry.Error + 1
	default:
		return entry.Fatal
	}
}

// groupOf returns the lowest severity of a group, 1 trace to 6 fatal, if it is in bounds.
func groupOf(group, lowest, highest int) (entry.Severity, bool) {
	if group < lowest || group > highest {
		return 0, false
	}
	return entry.Severity(4*group - 3), true //nolint:gosec // G115: 1 to 21.
}
