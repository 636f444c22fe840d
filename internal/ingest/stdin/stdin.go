// Package stdin takes in the lines of a stream that ends: standard input.
package stdin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/ingest"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/line"
)

const (
	// readBytes is what is read at once: what a pipe holds.
	readBytes = 64 << 10
	// flushTime bounds how long the end waits for a store that takes nothing.
	flushTime = 5 * time.Second
)

// Config says how a stream is read. The zero value is ready to use.
type Config struct {
	// Origin is what is known of the stream's lines.
	Origin ingest.Origin
	// MaxLineBytes is where lines are cut. Default line.DefaultMaxBytes.
	MaxLineBytes int
	// Now is the clock that lines are stamped by. Default time.Now.
	Now func() time.Time
}

// Run stores the lines of from until it ends, and returns once all of them are stored. A
// last line without a line feed counts. Lines longer than the limit are cut, with
// attributes that say so. While the store takes nothing, from is not read.
//
// When ctx ends first, what was read is stored, for which the store has 5 s, and nil is
// returned. A Read that is blocked then is interrupted where from has a SetReadDeadline
// that works; otherwise, as with a terminal, it is left behind in its goroutine, and what
// it may still return is dropped.
func Run(ctx context.Context, from io.Reader, sink *ingest.Sink, cfg Config, logger *slog.Logger) error {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	r := &reader{
		cfg:      cfg,
		splitter: line.Splitter{MaxBytes: cfg.MaxLineBytes},
		batcher:  ingest.NewBatcher(sink, logger),
	}
	done := make(chan error, 1) // Room for one, lest a reader that was left behind block.
	go func() { done <- r.read(ctx, from) }()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		if interrupt(from) {
			err = <-done
		}
	}
	flush, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTime)
	defer cancel()
	if ctx.Err() == nil {
		// The stream has ended of itself: its lines may wait for the store as they did before.
		flush = ctx
	}
	return errors.Join(err, r.batcher.Close(flush))
}

// interrupt ends a blocked Read, if from knows how.
func interrupt(from io.Reader) bool {
	f, ok := from.(interface{ SetReadDeadline(time.Time) error })
	return ok && f.SetReadDeadline(time.Unix(1, 0)) == nil
}

type reader struct {
	cfg      Config
	splitter line.Splitter
	batcher  *ingest.Batcher
}

// read adds the lines of from until it or ctx ends.
func (r *reader) read(ctx context.Context, from io.Reader) error {
	buffer := make([]byte, readBytes)
	for {
		n, err := from.Read(buffer)
		for l := range r.splitter.Lines(buffer[:n]) {
			if err := r.add(ctx, l); err != nil {
				return err
			}
		}
		if err == nil {
			continue
		}
		var last error
		if rest, ok := r.splitter.Rest(); ok {
			last = r.add(ctx, rest)
		}
		if errors.Is(err, io.EOF) || ctx.Err() != nil {
			return last
		}
		return errors.Join(fmt.Errorf("standard input: %w", err), last)
	}
}

// add hands a line over. That ctx has ended is no error of the stream.
func (r *reader) add(ctx context.Context, l line.Line) error {
	e := r.cfg.Origin.Entry(l, r.cfg.Now())
	if e == nil {
		return nil
	}
	if err := r.batcher.Add(ctx, e); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}
