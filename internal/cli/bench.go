package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed-2f16ea30/logsieve/internal/bench"
	"github.com/seed-2f16ea30/logsieve/internal/bench/ceiling"
	"github.com/seed-2f16ea30/logsieve/internal/bench/report"
)

// benchmark is what bench is asked for.
type benchmark struct {
	console        *console
	options        bench.Options
	target         bench.Target
	list           bool
	json, markdown string
}

func newBench(c *console) *cobra.Command {
	b := &benchmark{console: c}
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure what the server costs on this machine, beside bare libraries",
		Long: `bench measures a server: how much it takes in and hands on, what that costs in processor
time and memory, and how long an entry is on its way. It starts a server of its own for each
row of the table, in a process of its own, so that what the load and the watchers cost is not
counted. Beside most figures stands a ceiling: what sending the same messages costs with a
bare library, in the same minute on the same machine. Ratios to it say more than times do
where others use the machine as well. It takes five minutes; let nothing else run.

Every delivery is counted. One that is missing, comes twice, out of order, or does not match
fails the run (exit code 1), whatever the figures are. A goal that is missed does not.

With --target a server that runs already is measured, as far as that can be done without
changing it: entries are written to it, on hosts that begin with "bench-". It must be open
without a token and without TLS. What it costs is known if it runs on this machine and its
process is named with --target-pid.`,
		Example: `  logsieve bench
  logsieve bench --list
  logsieve bench --only firehose,latency
  logsieve bench --scale 0.1                                   a quick look
  logsieve bench --json bench.json --markdown performance.md   with charts beside it
  logsieve bench --only firehose-grpc --target 127.0.0.1:9090 --target-pid $(pidof logsieve)`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return b.run(cmd) },
	}
	b.bind(cmd.Flags())
	return cmd
}

func (b *benchmark) bind(flags *pflag.FlagSet) {
	flags.StringSliceVar(&b.options.Rows, "only", nil, "measure only the rows whose `names` begin so")
	flags.BoolVar(&b.list, "list", false, "list the rows and measure nothing")
	flags.Float64Var(&b.options.Scale, "scale", 1, "multiply the number of entries and of streams; below 1 the figures are rough")
	flags.StringVar(&b.json, "json", "", "write the report as JSON to this `file`")
	flags.StringVar(&b.markdown, "markdown", "", "write the report into this Markdown `file`, and charts beside it")
	flags.StringVar(&b.target.GRPC, "target", "", "`host:port` of the gRPC listener of a server that runs already")
	flags.StringVar(&b.target.HTTP, "target-http", "127.0.0.1:8080", "`host:port` of its HTTP listener")
	flags.IntVar(&b.target.PID, "target-pid", 0, "number of its process, if it runs on this machine")
	flags.StringVar(&b.options.NATS, "nats", "", "`program` that measures NATS core for comparison: see bench/nats in the sources")
}

func (b *benchmark) run(cmd *cobra.Command) error {
	switch {
	case b.list:
		return b.listRows()
	case b.options.Scale <= 0:
		return fail(exitUsage, "--scale is %v: it must be above 0", b.options.Scale)
	}
	if b.target.GRPC != "" {
		b.options.Target = &b.target
	}
	b.options.Command = typed(cmd)
	progress := newBenchProgress(b.console)
	b.options.Progress = progress.show
	r, err := bench.Run(cmd.Context(), b.options)
	progress.finish()
	if r == nil {
		return fail(exitUsage, "%v", err)
	}
	if err := b.tell(r); err != nil {
		return err
	}
	if err != nil && cmd.Context().Err() == nil {
		return fail(exitFailed, "%v", err)
	}
	return nil
}

// typed returns what the user has typed, as far as it says what was measured.
func typed(cmd *cobra.Command) string {
	var b strings.Builder
	b.WriteString(cmd.CommandPath())
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Name == "only" || f.Name == "scale" {
			fmt.Fprintf(&b, " --%s %s", f.Name, strings.Trim(f.Value.String(), "[]"))
		}
	})
	return b.String()
}

func (b *benchmark) listRows() error {
	w := tabwriter.NewWriter(b.console.out, 0, 0, 2, ' ', 0)
	for _, row := range bench.Rows() {
		_, _ = fmt.Fprintf(w, "%s\t%s\n", row.Name, row.Title) // Flush tells
	}
	return w.Flush()
}

// tell prints the report and writes the files that were asked for.
func (b *benchmark) tell(r *report.Report) error {
	if err := r.Table(b.console.out); err != nil {
		return err
	}
	if b.json != "" {
		if err := r.WriteJSON(b.json); err != nil {
			return fail(exitFailed, "the report cannot be written: %v", err)
		}
	}
	if b.markdown != "" {
		if err := r.WriteMarkdown(b.markdown); err != nil {
			return fail(exitFailed, "the report cannot be written: %v", err)
		}
	}
	return nil
}

// newBenchCeiling returns the command that bench runs to have something to compare with.
func newBenchCeiling(c *console) *cobra.Command {
	return &cobra.Command{
		Use:    bench.CeilingCommand,
		Short:  "Send the messages of a stream with a bare library, for bench",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := ceiling.Serve(cmd.Context(), c.out); err != nil && cmd.Context().Err() == nil {
				return err
			}
			return nil
		},
	}
}
