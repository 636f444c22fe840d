package entry

import (
	"strings"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// Severity is the severity number of OpenTelemetry's log data model: 1 (TRACE) to 24
// (FATAL4), 0 if unknown. Four numbers make a group.
type Severity uint8

// The lowest severity of each group.
const (
	Trace Severity = 1
	Debug Severity = 5
	Info  Severity = 9
	Warn  Severity = 13
	Error Severity = 17
	Fatal Severity = 21

	// MaxSeverity is the highest severity that there is.
	MaxSeverity Severity = 24
)

var groupNames = [...]string{"", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"}

// Group returns the group of a severity.
func (s Severity) Group() loggerv1.Severity {
	return loggerv1.Severity((s + 3) / 4)
}

// String returns the name of the group, "ERROR" for instance, and "" for 0.
func (s Severity) String() string {
	if s > MaxSeverity {
		return ""
	}
	return groupNames[s.Group()]
}

// SeverityOfGroup returns the lowest severity of a group and 0 for an unspecified or
// unknown one.
func SeverityOfGroup(g loggerv1.Severity) Severity {
	if g < loggerv1.Severity_TRACE || g > loggerv1.Severity_FATAL {
		return 0
	}
	return Severity(g)*4 - 3
}

// severityNames holds the names under which loggers, syslog and people know the
// severities, in lower case.
var severityNames = map[string]Severity{
	"trace": Trace, "finest": Trace, "verbose": Trace, "silly": Trace,
	"debug": Debug, "fine": Debug, "finer": Debug, "dbg": Debug,
	"info": Info, "information": Info, "informational": Info, "inf": Info, "log": Info, "config": Info,
	"notice": Info + 1,
	"warn":   Warn, "warning": Warn, "wrn": Warn,
	"error": Error, "err": Error, "severe": Error, "eror": Error,
	"critical": Error + 1, "crit": Error + 1, "alert": Error + 2, "dpanic": Error + 1,
	"fatal": Fatal, "panic": Fatal, "emerg": Fatal, "emergency": Fatal, "failure": Fatal,
}

// longestSeverityName bounds what ParseSeverity looks at.
const longestSeverityName = 13

// ParseSeverity returns the severity that a name stands for, in any case, and whether
// it is one: the six groups, their usual aliases, and those of syslog.
func ParseSeverity(name string) (Severity, bool) {
	if name == "" || len(name) > longestSeverityName {
		return 0, false
	}
	s, ok := severityNames[strings.ToLower(name)]
	return s, ok
}
