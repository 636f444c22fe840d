package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/bench/process"
	"github.com/seed-2f16ea30/logsieve/internal/bench/report"
	"github.com/seed-2f16ea30/logsieve/internal/version"
)

// Options say what is measured, and on what. The zero value measures everything, at full
// size, on servers of its own.
type Options struct {
	// Program is the logsieve that is run as the server and as the ceiling. Default: the
	// program that is running.
	Program string
	// Rows are the names of the rows to measure, or beginnings of names. Default: all.
	Rows []string
	// Scale multiplies how many entries are written, and how many streams watch. Above 0;
	// default: 1. Figures of a scale below 1 are for trying, and no verdict.
	Scale float64
	// Target is a server that runs already. Default: one is started for each row.
	Target *Target
	// NATS is a program that measures NATS core, as the one in bench/nats does. Default:
	// that ceiling is left out.
	NATS string
	// Command is what the user has typed, for the report.
	Command string
	// Progress, if set, is called by one goroutine at a time, several times a second.
	Progress func(Progress)
}

// Target is a server that somebody else runs.
type Target struct {
	// GRPC and HTTP are its addresses, host:port, not encrypted, open to everybody.
	GRPC, HTTP string
	// PID is its process on this machine. 0: what it uses is not known.
	PID int
}

// Progress is how far a run is.
type Progress struct {
	Row   string        // being measured
	Place int           // of it, from 1
	Rows  int           // in all
	Done  time.Duration // of Total, both as it usually is
	Total time.Duration
}

// ErrFaults is what a run fails with in which a delivery went wrong.
var ErrFaults = errors.New("deliveries went wrong")

// Run measures, and returns the report of all that it has measured also when it fails. It
// fails if ctx ends, if a row cannot be measured that should have been, and with
// [ErrFaults].
func Run(ctx context.Context, o Options) (*report.Report, error) {
	rows, err := chosen(o.Rows)
	if err != nil {
		return nil, err
	}
	if o.Scale == 0 {
		o.Scale = 1
	}
	if o.Program == "" {
		if o.Program, err = os.Executable(); err != nil {
			return nil, fmt.Errorf("find the program to run as a server: %w", err)
		}
	}
	begun := time.Now()
	b := &bench{options: o, report: &report.Report{
		Version: version.String(), Begun: begun, Command: o.Command, Machine: report.ThisMachine(),
	}}
	err = b.measure(ctx, rows)
	b.report.Seconds = time.Since(begun).Seconds()
	if err == nil && b.report.Faults() > 0 {
		err = fmt.Errorf("%w: %d", ErrFaults, b.report.Faults())
	}
	return b.report, err
}

// bench is a run.
type bench struct {
	options Options
	report  *report.Report
}

func (b *bench) measure(ctx context.Context, rows []Row) error {
	meter := newMeter(rows, b.options.Progress)
	defer meter.stop()
	var errs []error
	for i := range rows {
		meter.begin(i)
		r := &run{bench: b, row: rows[i].Name}
		err := rows[i].measure(ctx, r)
		unmeasured := report.Unmeasured{Row: rows[i].Name, Why: fmt.Sprint(err)}
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err == nil:
		case errors.Is(err, errOwnServer), errors.Is(err, process.ErrUnknown):
			b.report.Skipped = append(b.report.Skipped, unmeasured)
		default:
			b.report.Failed = append(b.report.Failed, unmeasured)
			errs = append(errs, fmt.Errorf("%s: %w", rows[i].Name, err))
		}
	}
	return errors.Join(errs...)
}
