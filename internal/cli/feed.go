package cli

import (
	"context"
	"iter"
	"time"

	"github.com/spf13/pflag"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/demo"
)

// feed writes generated entries at a pace.
type feed struct {
	rate    float64 // entries a second; 0: as fast as the server takes them
	entryN  int     // how many in all; 0: no end
	seed    uint64
	backlog time.Duration // how much past there is at the beginning

	made *demo.Generator
}

func (f *feed) bind(flags *pflag.FlagSet) {
	const rate, backlog = 20, time.Minute
	flags.Float64Var(&f.rate, "rate", rate, "entries a second; 0: as many as possible")
	flags.IntVar(&f.entryN, "entries", 0, "how many entries to write before going quiet; 0: no end (with --files-to: 1000)")
	flags.Uint64Var(&f.seed, "seed", 1, "the same seed makes the same logs")
	flags.DurationVar(&f.backlog, "backlog", backlog, "how long the shop has been open already")
}

func (f *feed) generator() *demo.Generator {
	if f.made == nil {
		f.made = demo.New(f.seed)
	}
	return f.made
}

// feedTick is how often entries are written: one at a time up to 20 a second, which looks
// alive, and in batches above.
const feedTick = 50 * time.Millisecond

// past writes what would have happened before now, so that there is something to see.
func (f *feed) past(ctx context.Context, c *client.Client) error {
	if f.rate <= 0 {
		return nil
	}
	now := time.Now()
	step := time.Duration(float64(time.Second) / f.rate)
	var batch []*loggerv1.LogEntry
	for at := now.Add(-f.backlog); at.Before(now) && f.more(); at = at.Add(step) {
		batch = append(batch, f.next(at))
		if len(batch) == batchEntries {
			if _, err := c.Write(ctx, batch...); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	if len(batch) == 0 {
		return nil
	}
	_, err := c.Write(ctx, batch...)
	return err
}

// run writes until ctx ends or there have been enough.
func (f *feed) run(ctx context.Context, c *client.Client) error {
	ticker := time.NewTicker(feedTick)
	defer ticker.Stop()
	began, written := time.Now(), 0
	for f.more() {
		due := batchEntries
		if f.rate > 0 {
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return nil
			}
			due = min(int(time.Since(began).Seconds()*f.rate)-written, batchEntries)
		}
		var batch []*loggerv1.LogEntry
		for now := time.Now(); len(batch) < due && f.more(); {
			batch = append(batch, f.next(now))
		}
		if len(batch) == 0 {
			continue
		}
		if err := f.write(ctx, c, batch); err != nil {
			return err
		}
		written += len(batch)
	}
	<-ctx.Done()
	return nil
}

// write writes a batch; the end of ctx is no error.
func (f *feed) write(ctx context.Context, c *client.Client, batch []*loggerv1.LogEntry) error {
	_, err := c.Write(ctx, batch...)
	if ctx.Err() != nil {
		return nil //nolint:nilerr // the server is being stopped.
	}
	return err
}

// more tells whether there are to be more entries, next makes one.
func (f *feed) more() bool { return f.entryN >= 0 }

func (f *feed) next(at time.Time) *loggerv1.LogEntry {
	if f.entryN > 0 {
		if f.entryN--; f.entryN == 0 {
			f.entryN = -1 // that was the last one
		}
	}
	return f.generator().Next(at)
}

// entries returns the entries of a stretch of time that ends now, without a server.
func (f *feed) entries(now time.Time) iter.Seq[*loggerv1.LogEntry] {
	const otherwise = 1000
	if f.entryN == 0 {
		f.entryN = otherwise
	}
	step := feedTick
	if f.rate > 0 {
		step = time.Duration(float64(time.Second) / f.rate)
	}
	at := now.Add(-step * time.Duration(f.entryN))
	return func(yield func(*loggerv1.LogEntry) bool) {
		for f.more() {
			at = at.Add(step)
			if !yield(f.next(at)) {
				return
			}
		}
	}
}
