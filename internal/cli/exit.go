package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/seed-2f16ea30/logsieve/internal/termtext"
)

// The exit codes. They are documented in rootHelp.
const (
	exitFine       = 0
	exitFailed     = 1
	exitUsage      = 2
	exitNoServer   = 3
	exitNotAllowed = 4
	exitGap        = 5
)

// failure is an error that knows the exit code and what to print.
type failure struct {
	code int
	text string // may have several lines
}

var _ error = (*failure)(nil)

func (f *failure) Error() string { return f.text }

func fail(code int, format string, args ...any) error {
	return &failure{code, fmt.Sprintf(format, args...)}
}

// usageError is an error of the command line itself.
func usageError(cmd *cobra.Command, err error) error {
	path := "logsieve"
	if cmd != nil {
		path = cmd.CommandPath()
	}
	return fail(exitUsage, "%v\nSee: %s --help", err, path)
}

// report prints an error and returns the code to exit with.
func (c *console) report(ctx context.Context, err error) int {
	f := (*failure)(nil)
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, syscall.EPIPE):
		return exitFine // whoever read has read enough
	case errors.As(err, &f):
		c.notef("%s", f.text)
		return f.code
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return exitFine // interrupted
	}
	f = explain(err, "")
	c.notef("%s", f.text)
	return f.code
}

// notef prints a line, or several, to standard error.
func (c *console) notef(format string, args ...any) {
	text := termtext.Lines(fmt.Sprintf(format, args...))
	// There is nobody to tell that standard error cannot be written to.
	_, _ = fmt.Fprintf(c.err, "logsieve: %s\n", strings.TrimRight(text, "\n"))
}
