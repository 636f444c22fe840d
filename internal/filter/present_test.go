package filter

import (
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

func TestPresent(t *testing.T) {
	e := &entry.Entry{
		Timestamp: 1, Severity: entry.Info, Service: "api", Message: "m",
		Attributes: attributes("empty", "", "a b", "1", "x.y", "2", "c*", "3"),
	}
	checkSelects(t, e, []selectCase{
		{"service:*", true},
		{"service=*", true},
		{`service:"*"`, true},
		{"host:*", false},
		{"message:*", true},
		{"severity:*", true},
		{"severity=*", true},
		{"timestamp:*", true},
		{"timestamp=*", true},
		{"attributes:*", true},
		{"attributes.empty:*", true},
		{"attributes.empty=*", true},
		{"attributes:empty", true},
		{"attributes:EMPTY", false},
		{`attributes:"a b"`, true},
		{"attributes:x.y", true},
		{"attributes:x", false},
		{`attributes:"c*"`, true},
		{`attributes:c\*`, true},
		{"attributes:(x OR empty)", true},
		{"attributes:(x OR y)", false},
	})
	checkSelects(t, &entry.Entry{}, []selectCase{
		{"attributes:*", false}, {"timestamp:*", false}, {"severity:*", false}, {"service:*", false},
	})
}
