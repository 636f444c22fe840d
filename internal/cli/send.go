package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// send stores the lines of standard input.
type send struct {
	console    *console
	connection *connection

	service, host string
	level         severityFlag
	retry         time.Duration
}

// defaultRetry outlasts the restart of a server, and not the patience of a build.
const defaultRetry = time.Minute

func newSend(c *console, k *connection) *cobra.Command {
	s := &send{console: c, connection: k}
	cmd := &cobra.Command{
		Use:   "send",
		Short: "Store the lines of standard input as entries",
		Long: `send stores each line of standard input as an entry. Lines in JSON and logfmt are taken
apart; of plain text the time and the severity are recognised. It ends when the input
does, once everything is stored. While the server has no room, it waits.

When the server goes away, it tries again for as long as --retry says. Each line is stored
at least once: what was being stored at that moment, at most 500 lines, may be stored twice,
and is told. A server that was never there is an error at once.`,
		Example: `  make 2>&1 | logsieve send --service build
  kubectl logs -f deploy/web | logsieve send --service web
  logsieve send --service nightly --level info --retry 10m < nightly.log`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.run(cmd.Context()) },
	}
	cmd.Flags().StringVar(&s.service, "service", "", "`name` of the service of the entries that name none")
	cmd.Flags().StringVar(&s.host, "host", "", "`name` of the host of the entries that name none")
	cmd.Flags().Var(&s.level, "level", "severity of the entries that show none")
	cmd.Flags().DurationVar(&s.retry, "retry", defaultRetry, "how long to try again when the server goes away; 0: not at all")
	register(cmd, "service", k.values("service"))
	register(cmd, "host", k.values("host"))
	register(cmd, "level", cobra.FixedCompletions(severityNames(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

const (
	// A batch is stored when it has batchEntries, or batchBytes, or when its first line is
	// batchLinger old: many lines a call where there are many, and none held back that
	// somebody watches for. The server takes 4 MiB in one message by default; the largest
	// line is far below the rest.
	batchEntries = 500
	batchBytes   = 1 << 20
	batchLinger  = 100 * time.Millisecond
)

func (s *send) run(ctx context.Context) error {
	c, err := s.connection.dial()
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // nothing is under way
	w := &writer{client: c, console: s.console, meter: newMeter(s.console, "lines stored"), patience: s.retry}
	err = s.batches(ctx, s.read(ctx), w)
	w.meter.finish()
	switch {
	case err != nil && w.stored > 0:
		s.console.notef("%d lines were stored before this:", w.stored)
		return err
	case err == nil && w.refused > 0:
		return fail(exitFailed, "%d of %d lines were not stored", w.refused, w.refused+w.stored)
	}
	return err
}

// batches gathers what is read and stores it.
func (s *send) batches(ctx context.Context, lines <-chan input, w *writer) error {
	var batch []*loggerv1.LogEntry
	bytes := 0
	linger := time.NewTimer(0)
	defer linger.Stop()
	flush := func() error {
		err := w.write(ctx, batch)
		batch, bytes = nil, 0
		return err
	}
	for {
		var due <-chan time.Time
		if len(batch) > 0 {
			due = linger.C
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-due:
			if err := flush(); err != nil {
				return err
			}
		case in, ok := <-lines:
			if !ok || in.err != nil {
				return errors.Join(flush(), in.err)
			}
			if len(batch) == 0 {
				linger.Reset(batchLinger)
			}
			batch = append(batch, in.entry)
			if bytes += proto.Size(in.entry); bytes >= batchBytes || len(batch) >= batchEntries {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
}
