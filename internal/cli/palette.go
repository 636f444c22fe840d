package cli

import (
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// palette is how things are coloured. The zero value does not colour. Colours only repeat
// what the text says: the level is always written out.
type palette struct {
	on bool
}

// The attributes of ANSI terminals that are used. INFO has none: it is the usual.
const (
	styleReset  = "\x1b[0m"
	styleDim    = "\x1b[2m"
	styleRed    = "\x1b[31m"
	styleYellow = "\x1b[33m"
	styleAlarm  = "\x1b[1;37;41m"
	styleMarked = "\x1b[1;30;43m"
)

func (p palette) severity(s loggerv1.Severity) (begin, end string) {
	switch {
	case !p.on:
		return "", ""
	case s == loggerv1.Severity_FATAL:
		return styleAlarm, styleReset
	case s == loggerv1.Severity_ERROR:
		return styleRed, styleReset
	case s == loggerv1.Severity_WARN:
		return styleYellow, styleReset
	case s == loggerv1.Severity_DEBUG, s == loggerv1.Severity_TRACE:
		return styleDim, styleReset
	}
	return "", ""
}

func (p palette) dim() (begin, end string) {
	if !p.on {
		return "", ""
	}
	return styleDim, styleReset
}

// isTerminal tells whether what is written to w is seen by a person at once.
func isTerminal(w io.Writer) bool {
	if l, ok := w.(*lockedWriter); ok {
		w = l.fd
	}
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// palette returns the colours for standard output: on a terminal, unless the user or the
// environment says no.
func (c *console) palette(noColor bool) palette {
	return palette{on: !noColor && c.env("NO_COLOR") == "" && c.env("TERM") != "dumb" && isTerminal(c.out)}
}

// env returns a variable of the environment, empty if it is not set.
func (c *console) env(name string) string {
	for _, variable := range c.environ {
		if value, ok := strings.CutPrefix(variable, name+"="); ok {
			return value
		}
	}
	return ""
}
