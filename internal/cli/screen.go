package cli

import (
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/seed-2f16ea30/logsieve/internal/tui"
)

// screen is tail on the whole screen.
func (t *tail) screen(cmd *cobra.Command) error {
	if err := t.fitsScreen(cmd); err != nil {
		return err
	}
	err := tui.Run(cmd.Context(), tui.Config{
		Dial:   t.connection.dialTelling,
		Filter: t.filter(),
		Server: t.connection.server,
		In:     t.console.in, Out: t.console.out, Environ: t.console.environ,
		NoColor: t.format.noColor, UTC: t.format.utc,
	})
	switch {
	case err == nil:
		return nil
	case errors.Is(err, tui.ErrPanic):
		return fail(exitFailed, "this is a mistake in logsieve, please report it: %v", err)
	}
	return describe(err, t.selection.query)
}

// fitsScreen checks that there is a screen, and that nothing was asked for that is not on it.
func (t *tail) fitsScreen(cmd *cobra.Command) error {
	for _, name := range []string{"output", "template", "highlight", "no-follow", "fail-on-gap", "notices"} {
		if cmd.Flags().Changed(name) {
			return fail(exitUsage, "--%s is about what is printed, and -i prints nothing: leave one of them out", name)
		}
	}
	if !isTerminal(t.console.out) || !isTypedIn(t.console.in) {
		return fail(exitUsage, "-i needs a terminal to fill, and this is not one: leave -i out to print lines")
	}
	if t.console.env("TERM") == "dumb" {
		return fail(exitUsage, "-i needs a terminal whose cursor can be moved, and TERM is dumb: leave -i out to print lines")
	}
	return nil
}

// isTypedIn tells whether what is read from r is typed by a person.
func isTypedIn(r io.Reader) bool {
	f, ok := r.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
