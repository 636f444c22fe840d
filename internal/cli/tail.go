package cli

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// tail prints a live log.
type tail struct {
	console    *console
	connection *connection
	selection  selection
	format     format

	since       moment
	last        uint32
	afterCursor string
	noFollow    bool
	failOnGap   bool
	notices     bool
	interactive bool
}

// defaultLast is how many entries tail begins with: enough to see that it works.
const defaultLast = 10

func newTail(c *console, k *connection) *cobra.Command {
	t := &tail{console: c, connection: k, since: moment{now: c.now}}
	cmd := &cobra.Command{
		Use:   "tail [QUERY]",
		Short: "Print the entries that match, and go on as new ones come",
		Long: `tail prints the last entries that match and then every new one, until it is interrupted.
A lost connection is made again, and nothing is missed or printed twice.

Notices go to standard error: filters refused, entries missing, the server stopping.

With -i it fills the screen: the filter is a line at the bottom, edited while entries flow.
F1 there tells what the keys do. It keeps the newest 10,000 rows.`,
		Example: `  logsieve tail
  logsieve tail 'severity>=WARN -healthz'
  logsieve tail --service 'api-*' --level error --since 15m
  logsieve tail -i -n 500
  logsieve tail -o json 'attributes.user_id=42' | jq .message
  logsieve tail --highlight timeout OR refused
  logsieve tail -o template='{{.Time.Format "15:04:05"}} {{.Attr "http.status"}} {{.Message}}'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			t.selection.args(args)
			begins := 0
			for _, name := range []string{"since", "last", "after-cursor"} {
				if cmd.Flags().Changed(name) {
					begins++
				}
			}
			if begins > 1 {
				return fail(exitUsage, "--since, --last and --after-cursor all say where to begin: give one of them")
			}
			if t.interactive {
				return t.screen(cmd)
			}
			return t.run(cmd)
		},
	}
	t.bind(cmd.Flags())
	t.selection.complete(cmd, k)
	register(cmd, "output", cobra.FixedCompletions([]string{"text", "json", "raw", "template"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (t *tail) bind(flags *pflag.FlagSet) {
	t.selection.bind(flags)
	t.format.bind(flags)
	flags.Var(&t.since, "since", "begin with what the server took in since then: "+momentForms)
	flags.Uint32VarP(&t.last, "last", "n", defaultLast, "begin with the last `N` entries that match; 0: with new ones")
	flags.StringVar(&t.afterCursor, "after-cursor", "", "begin behind the entry with this `cursor`")
	flags.BoolVar(&t.noFollow, "no-follow", false, "end at the newest entry instead of waiting for new ones")
	flags.BoolVar(&t.failOnGap, "fail-on-gap", false, "end with exit code 5 as soon as entries are missing")
	flags.BoolVarP(&t.interactive, "interactive", "i", false, "full-screen, with the filter edited while entries flow")
	flags.BoolVar(&t.notices, "notices", false, "tell the position and the progress of the stream on standard error, too")
}

func (t *tail) filter() *loggerv1.LogFilter {
	f := t.selection.filter()
	f.Notices = t.notices
	switch {
	case t.afterCursor != "":
		f.Begin = &loggerv1.LogFilter_AfterCursor{AfterCursor: t.afterCursor}
	case t.since.timestamp() != nil:
		f.Begin = &loggerv1.LogFilter_Since{Since: t.since.timestamp()}
	default:
		f.Begin = &loggerv1.LogFilter_Last{Last: t.last}
	}
	return f
}

func (t *tail) run(cmd *cobra.Command) error {
	p, err := t.format.printer(t.console, t.selection.filter())
	if err != nil {
		return err
	}
	c, err := t.connection.dial()
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // the streams have ended
	stream, err := c.Monitor(cmd.Context())
	if err != nil {
		return describe(err, "")
	}
	defer stream.Close() //nolint:errcheck // returns nil
	if err := t.begin(stream); err != nil {
		return err
	}
	return t.follow(stream, newOutput(t.console, p))
}

func (t *tail) begin(stream *client.Stream) error {
	if err := stream.Send(t.filter()); err != nil {
		return fail(exitUsage, "%v", err)
	}
	if t.noFollow {
		return stream.CloseSend()
	}
	return nil
}

// follow prints what comes until the stream ends.
func (t *tail) follow(stream *client.Stream, out *output) error {
	received := receive(stream)
	defer func() {
		_ = stream.Close() // returns nil
		for range received {
		}
	}()
	for {
		d, ok, err := received.next(out)
		switch {
		case err != nil:
			return err
		case !ok:
			return out.flush()
		case d.err != nil:
			return errors.Join(out.flush(), describe(d.err, t.selection.query))
		}
		if err := t.take(d.entry, out); err != nil {
			return err
		}
	}
}

// take prints an entry, or a notice.
func (t *tail) take(e *loggerv1.LogEntry, out *output) error {
	if e.GetNotice() == nil {
		return out.print(e)
	}
	// In the order of the entries, where both go to the same terminal.
	if err := out.flush(); err != nil {
		return err
	}
	if text := describeNotice(e); text != "" {
		t.console.notef("%s", text)
	}
	if e.GetNotice().GetGap() != nil && t.failOnGap {
		return fail(exitGap, "ended because of --fail-on-gap")
	}
	return nil
}
