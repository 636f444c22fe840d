package cli

import (
	"context"
	"io"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-2f16ea30/logsieve/internal/version"
)

// console is what a command talks to.
type console struct {
	in       io.Reader
	out, err io.Writer
	environ  []string
	now      func() time.Time
}

// Main runs the command that args, without the program's name, ask for, and returns the
// code to exit with. It ends soon after ctx does; being interrupted is no error. The
// writers are used by one goroutine at a time.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c := &console{
		in: stdin, out: stdout, err: stderr,
		environ: os.Environ(), now: time.Now,
	}
	// Notices of a stream and of its connection come from different goroutines.
	c.err = &lockedWriter{w: stderr, fd: stderr}
	started := false
	root := newRoot(c, &started)
	root.SetArgs(args)
	command, err := root.ExecuteContextC(ctx)
	if err != nil && !started {
		err = usageError(command, err)
	}
	return c.report(ctx, err)
}

const rootHelp = `logsieve streams a live log through a filter, and lets you replace the filter while
the stream flows.

Exit codes:
  0  fine, or interrupted
  1  an error while running
  2  wrong usage, or a bad filter
  3  the server cannot be reached
  4  not allowed
  5  entries are missing, and --fail-on-gap was given`

func newRoot(c *console, started *bool) *cobra.Command {
	root := &cobra.Command{
		Use:           "logsieve",
		Short:         "A live log through a filter that can be replaced",
		Long:          rootHelp,
		Version:       version.String(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		// What fails before this has run is the user's usage.
		PersistentPreRun: func(*cobra.Command, []string) { *started = true },
		RunE:             func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(c.in)
	root.SetOut(c.out)
	root.SetErr(c.err)
	root.CompletionOptions.HiddenDefaultCmd = false
	k := &connection{console: c}
	k.bind(root.PersistentFlags())
	root.AddCommand(
		newServe(c), newTail(c, k), newQuery(c, k), newSend(c, k), newFields(c, k),
		newToken(c, k), newDemo(c), newBench(c), newBenchCeiling(c), newConfig(c), newVersion(c), newMan(),
	)
	return root
}

// lockedWriter lets several goroutines write whole lines.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
	fd io.Writer // what w writes to, for isTerminal
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}
