package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"syscall"

	"github.com/cockroachdb/pebble/v2"

	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// pebbleLogger takes what Pebble has to say.
type pebbleLogger struct {
	logger *slog.Logger
	// failed is told of what Pebble takes for a reason to end the process, and of tables
	// that cannot be written.
	failed func(error)
	// pause is called when a table could not be written.
	pause func()
}

var _ pebble.Logger = (*pebbleLogger)(nil)

// Infof implements pebble.Logger.
func (p *pebbleLogger) Infof(format string, args ...any) { p.log(slog.LevelDebug, format, args) }

// Errorf implements pebble.Logger.
func (p *pebbleLogger) Errorf(format string, args ...any) { p.log(slog.LevelWarn, format, args) }

// Fatalf implements pebble.Logger. Pebble expects it not to return, and its own ends the
// process. This one returns, with the disk marked as broken before. Pebble may report
// success to the committer all the same, which therefore looks at the mark after each
// commit. Faults of the disk do not get here: see shadowFS.
func (p *pebbleLogger) Fatalf(format string, args ...any) {
	p.log(slog.LevelError, format, args)
	err := fmt.Errorf(format, args...)
	for _, arg := range args {
		if cause, ok := arg.(error); ok {
			err = fmt.Errorf("pebble: %w", cause)
		}
	}
	p.failed(err)
}

func (p *pebbleLogger) log(level slog.Level, format string, args []any) {
	if ctx := context.Background(); p.logger.Enabled(ctx, level) {
		p.logger.Log(ctx, level, "pebble", slog.String("message", fmt.Sprintf(format, args...)))
	}
}

// listener returns what reacts to Pebble's events.
func (p *pebbleLogger) listener() *pebble.EventListener {
	l := &pebble.EventListener{
		// The default ends the process. Readers find the damage by themselves, and are told.
		DataCorruption: func(info pebble.DataCorruptionInfo) {
			p.Errorf("damage in %s: %v", info.Path, info.Details)
		},
		BackgroundError: p.backgroundError,
		WriteStallBegin: func(info pebble.WriteStallBeginInfo) { p.Errorf("writing stalls: %s", info.Reason) },
		WriteStallEnd:   func() { p.Errorf("writing goes on") },
	}
	l.EnsureDefaults(p)
	return l
}

// backgroundError is told that a table could not be written. Pebble tries again, at once
// and for ever. It calls this with its lock held.
func (p *pebbleLogger) backgroundError(err error) {
	switch {
	case errors.Is(err, store.ErrClosed), errors.Is(err, pebble.ErrClosed), errors.Is(err, errShadowed):
		return
	case !errors.Is(err, syscall.ENOSPC):
		p.failed(err)
	}
	p.Errorf("a file of entries is tried again: %v", err)
	p.pause()
}
