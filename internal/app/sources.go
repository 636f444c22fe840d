package app

import (
	"context"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/seed-2f16ea30/logsieve/internal/config"
	"github.com/seed-2f16ea30/logsieve/internal/ingest"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/file"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/stdin"
)

// newSources makes what follows files.
func (a *App) newSources() (err error) {
	// What has no host of its own was written where the server runs. A machine without a
	// name leaves it empty.
	a.hostname, _ = os.Hostname()
	c := a.cfg.Ingest
	if len(c.Files) == 0 {
		return nil
	}
	a.files, err = file.New(file.Config{
		Patterns: c.Files, FromBeginning: c.FilesFrom == config.FromBeginning, MaxLineBytes: int(c.EntrySize),
		Origin: ingest.Origin{Host: a.hostname},
	}, a.sink, a.logger.With("part", "files"))
	if err != nil {
		return fmt.Errorf("ingest.files: %w", err)
	}
	return nil
}

// runSources runs what brings logs in by itself. Each ends, with everything handed over,
// when ctx ends; wait returns when all have.
func (a *App) runSources(ctx context.Context, group *errgroup.Group) (wait func()) {
	var running sync.WaitGroup
	run := func(name string, source func() error) {
		running.Add(1)
		group.Go(func() error {
			defer running.Done()
			if err := stopped(source()); err != nil {
				return fmt.Errorf("%s cannot be taken in any more: %w", name, err)
			}
			return nil
		})
	}
	if a.files != nil {
		run("files", func() error { return a.files.Run(ctx) })
	}
	if a.cfg.Ingest.Stdin && a.stdin != nil {
		cfg := stdin.Config{MaxLineBytes: int(a.cfg.Ingest.EntrySize), Origin: ingest.Origin{Host: a.hostname}}
		run("standard input", func() error {
			return stdin.Run(ctx, a.stdin, a.sink, cfg, a.logger.With("part", "stdin"))
		})
	}
	return running.Wait
}
