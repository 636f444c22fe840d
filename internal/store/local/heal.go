package local

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/seed-2f16ea30/logsieve/internal/store"
)

const (
	// healFirst is how long after a fault the log looks whether the disk works again. The
	// pause doubles with each attempt, up to healLast: that is how long a disk that was
	// mended may go unnoticed, and an attempt reads what was not yet written to tables.
	healFirst = 100 * time.Millisecond
	healLast  = 5 * time.Second
)

// failure returns what those are told who want to write to a disk that failed.
func failure(cause error) error {
	return fmt.Errorf("%w, and entries are taken again when it works: %w", store.ErrFailed, cause)
}

// report notes that the disk failed, and why. It does not block.
func (l *Log) report(cause error) {
	err := failure(cause)
	if l.failure.Swap(&err) == nil {
		l.logger.Error("the store's disk failed: no entries are taken until it works again", "error", cause)
	}
	select {
	case l.failing <- struct{}{}:
	default: // The healer has yet to look.
	}
}

// failed returns why nothing can be written for now, or nil.
func (l *Log) failed() error {
	if err := l.failure.Load(); err != nil {
		return *err
	}
	return nil
}

// healAll is the healer: it opens Pebble again after a fault of the disk, until ctx ends.
func (l *Log) healAll(ctx context.Context) {
	for {
		select {
		case <-l.failing:
			l.healSoon(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// healSoon tries to heal the log until that succeeds or ctx ends.
func (l *Log) healSoon(ctx context.Context) {
	var saved []block
	began, pause := time.Now(), l.env.healFirst
	for l.failed() != nil {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
		pause = min(2*pause, healLast)
		err := l.probe()
		if err == nil {
			saved, err = l.heal(ctx, saved)
		}
		if err != nil {
			l.logger.Debug("the store's disk still fails", "error", err)
			continue
		}
		l.logger.Info("the store's disk works again: entries are taken", "after", time.Since(began).Round(time.Millisecond))
	}
}

// probe returns nil if files can be written in the data directory, and if that is still the
// one that was opened.
func (l *Log) probe() error {
	// Where there is no room, opening would wait for it, and readers with it.
	if err := l.gate.room(); err != nil {
		return err
	}
	m, err := loadMeta(l.env.files, l.cfg.Dir)
	switch {
	case err != nil:
		return err
	case m.copied || m.Epoch != l.Epoch():
		return fmt.Errorf("another directory was put in the place of %s: start again", l.cfg.Dir)
	}
	name := l.env.files.PathJoin(l.cfg.Dir, blocksDir, "logsieve.probe")
	f, err := l.env.files.Create(name, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	_, err = f.Write([]byte("whether the disk works\n"))
	return errors.Join(err, f.Sync(), f.Close(), l.env.files.Remove(name))
}

// heal opens Pebble again, with everything that was acknowledged, as far as it can be found
// on the disk or in memory, and without what was refused. What it has found in memory it
// returns, for the next attempt. Readers wait meanwhile. If the disk fails again, the log
// can be read from what heal has opened, with the fault in its shadow.
func (l *Log) heal(ctx context.Context, saved []block) ([]block, error) {
	l.use.Lock()
	defer l.use.Unlock()
	if len(saved) == 0 {
		saved = l.save()
	}
	l.gate.paused.Store(false)
	_ = l.closePebble() // What it has to say comes of the failure.
	if _, err := l.openMended(); err != nil {
		l.db = nil
		return saved, err
	}
	if err := l.restore(context.WithoutCancel(ctx), saved); err != nil {
		l.disk.fail(err)
	}
	l.damage.forget() // It may have been the disk's.
	l.failure.Store(nil)
	if cause := l.disk.failure(); cause != nil {
		err := failure(cause)
		l.failure.Store(&err)
		return saved, cause
	}
	return nil, nil
}

// closePebble closes Pebble, if it is open.
func (l *Log) closePebble() error {
	if l.db == nil {
		return nil
	}
	db := l.db
	l.db, l.wal = nil, nil
	return db.Close()
}
