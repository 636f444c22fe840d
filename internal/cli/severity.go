package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// severityFlag is a flag whose value is the name of a severity, in any case.
type severityFlag struct {
	severity loggerv1.Severity // unspecified: not given
}

var _ pflag.Value = (*severityFlag)(nil)

// String returns the name, empty if none was given.
func (f *severityFlag) String() string {
	if f.severity == loggerv1.Severity_SEVERITY_UNSPECIFIED {
		return ""
	}
	return strings.ToLower(f.severity.String())
}

// Type is what the help calls the value.
func (f *severityFlag) Type() string { return "level" }

// Set takes the value of the flag.
func (f *severityFlag) Set(name string) error {
	upper := strings.ToUpper(name)
	if upper == "WARNING" {
		upper = "WARN"
	}
	number, ok := loggerv1.Severity_value[upper]
	if !ok || number == 0 {
		return fmt.Errorf("%q is not a severity: use %s", name, strings.Join(severityNames(), ", "))
	}
	f.severity = loggerv1.Severity(number)
	return nil
}

func severityNames() []string {
	var names []string
	for s := loggerv1.Severity_TRACE; s <= loggerv1.Severity_FATAL; s++ {
		names = append(names, strings.ToLower(s.String()))
	}
	return names
}
