package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// send stores the lines of standard input.
type send struct {
	console    *console
	connection *connection

	service, host string
	level         severityFlag
}

func newSend(c *console, k *connection) *cobra.Command {
	s := &send{console: c, connection: k}
	cmd := &cobra.Command{
		Use:   "send",
		Short: "Store the lines of standard input as entries",
		Long: `send stores each line of standard input as an entry. Lines in JSON and logfmt are taken
apart; of plain text the time and the severity are recognised. It ends when the input
does, once everything is stored. While the server has no room, it waits.`,
		Example: `  make 2>&1 | logsieve send --service build
  kubectl logs -f deploy/web | logsieve send --service web`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.run(cmd.Context()) },
	}
	cmd.Flags().StringVar(&s.service, "service", "", "`name` of the service of the entries that name none")
	cmd.Flags().StringVar(&s.host, "host", "", "`name` of the host of the entries that name none")
	cmd.Flags().Var(&s.level, "level", "severity of the entries that show none")
	register(cmd, "service", k.values("service"))
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
	w := &writer{client: c, console: s.console, meter: newMeter(s.console, "lines stored")}
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

// writer stores batches.
type writer struct {
	client  *client.Client
	console *console
	meter   *meter
	// How many entries were stored and how many the server did not want.
	stored, refused int
}

// write stores a batch. It goes on trying while the server says that it has stored nothing
// and when to come back; what else may have happened to a batch nobody knows, and it could
// be stored twice.
func (w *writer) write(ctx context.Context, batch []*loggerv1.LogEntry) error {
	if len(batch) == 0 {
		return nil
	}
	for waited := false; ; waited = true {
		resp, err := w.client.Write(ctx, batch...)
		if err == nil {
			w.note(batch, resp)
			return nil
		}
		wait, again := retryAfter(status.Convert(err))
		if !again {
			return describe(err, "")
		}
		if !waited {
			w.console.notef("the server takes nothing for now, waiting: %s", explainShort(err))
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// note counts what was stored and tells what was not.
func (w *writer) note(batch []*loggerv1.LogEntry, resp *loggerv1.WriteEntriesResponse) {
	const told = 5 // of all; the others are only counted
	for _, r := range resp.GetRejected() {
		if w.refused++; w.refused > told || int(r.GetIndex()) >= len(batch) {
			continue
		}
		w.console.notef("not stored: %s: %s", r.GetMessage(), singleLine(batch[r.GetIndex()].GetMessage()))
	}
	w.stored += int(resp.GetAccepted())
	w.meter.set(w.stored)
}

// meter shows a number that grows, on a terminal.
type meter struct {
	console *console
	unit    string
	on      bool
	shown   time.Time
	number  int
}

// meterInterval keeps the meter from costing more than what it counts.
const meterInterval = 200 * time.Millisecond

func newMeter(c *console, unit string) *meter {
	return &meter{console: c, unit: unit, on: isTerminal(c.err)}
}

func (m *meter) set(number int) {
	m.number = number
	if now := m.console.now(); m.on && now.Sub(m.shown) >= meterInterval {
		m.shown = now
		m.show("\r")
	}
}

// finish shows the last number and ends its line.
func (m *meter) finish() {
	if m.on && m.number > 0 {
		m.show("\r")
		m.show("\n")
	}
}

func (m *meter) show(before string) {
	if before == "\n" {
		_, _ = fmt.Fprint(m.console.err, before) // as in notef
		return
	}
	_, _ = fmt.Fprintf(m.console.err, "%s%d %s", before, m.number, m.unit)
}
