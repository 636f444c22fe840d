package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// environment is what a log has from the machine. Tests put faults into it.
type environment struct {
	files vfs.FS
	now   func() time.Time
	boot  func() string
	// healFirst is how long after a fault the log tries to open Pebble again.
	healFirst time.Duration
}

func machine() environment {
	return environment{files: vfs.Default, now: time.Now, boot: bootID, healFirst: healFirst}
}

// bootID names the run of the machine. Empty where that is not known.
func bootID() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return string(id)
}

// Open opens the log in a directory, which it makes if there is none. It fails with
// store.ErrLocked if another process, or another Log, has it open. Logger is told what
// goes wrong in the background; it is not closed.
func Open(cfg Config, logger *slog.Logger) (*Log, error) {
	return open(cfg, logger, machine())
}

func open(cfg Config, logger *slog.Logger, env environment) (*Log, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, fmt.Errorf("the store's configuration is wrong: %w", err)
	}
	lock, err := lockDir(env.files, cfg.Dir)
	if err != nil {
		return nil, err
	}
	l := newLog(cfg, logger, env)
	l.lock = lock
	if err := l.load(); err != nil {
		err = errors.Join(err, l.closePebble())
		if l.headFile != nil {
			err = errors.Join(err, l.headFile.file.Close())
		}
		return nil, errors.Join(err, lock.Close())
	}
	l.start()
	return l, nil
}

// lockDir makes the directory and holds it for this Log alone.
func lockDir(files vfs.FS, dir string) (*pebble.Lock, error) {
	const mode = 0o750
	if err := files.MkdirAll(files.PathJoin(dir, blocksDir), mode); err != nil {
		return nil, fmt.Errorf("the data directory %s cannot be made: %w", dir, err)
	}
	lock, err := pebble.LockDirectory(files.PathJoin(dir, blocksDir), files)
	switch {
	case err == nil:
		return lock, nil
	case isFileError(err):
		return nil, fmt.Errorf("the data directory %s cannot be written to: %w", dir, err)
	}
	return nil, fmt.Errorf("%w: %s (%w)", store.ErrLocked, dir, err)
}

// isFileError tells a lock file that cannot be made from one that is held: the first
// comes from the opening of a file, which names its path.
func isFileError(err error) bool {
	var path *os.PathError
	return errors.As(err, &path)
}

// blocksDir is Pebble's directory within the data directory.
const blocksDir = "blocks"

// load opens the files and finds out where the log begins and ends.
func (l *Log) load() error {
	m, err := loadMeta(l.env.files, l.cfg.Dir)
	fresh := err != nil && !exists(err)
	switch {
	case fresh:
		m = newMeta()
	case err != nil:
		return err
	}
	cut, err := l.openMended()
	if err != nil {
		return err
	}
	if fresh {
		// Whoever removed the file wants a new epoch, and keeps the entries.
		if m, err = l.adopt(m); err != nil {
			return err
		}
	}
	end, err := l.findEnd()
	if err != nil {
		return err
	}
	last, err := l.checkEnd(end.last)
	if err != nil {
		return err
	}
	cut, end.last = cut || last > end.last, last
	m = l.skipLost(l.renew(m), end.last, cut)
	if err := m.save(l.env.files, l.cfg.Dir); err != nil {
		return fmt.Errorf("the data directory %s cannot be written to: %w", l.cfg.Dir, err)
	}
	l.meta.Store(&m)
	head := max(end.last, m.Floor)
	l.head.Store(uint64(head))
	l.next = max(m.Next, head+1)
	l.committed = end.committed
	if err := l.disk.failure(); err != nil {
		return fmt.Errorf("the data directory %s cannot be written to: %w", l.cfg.Dir, err)
	}
	return nil
}

// openMended opens Pebble, if need be without what is damaged of the write-ahead logs, and
// returns whether that was so.
func (l *Log) openMended() (cut bool, err error) {
	err = l.openPebble()
	if pebble.IsCorruptionError(err) {
		if cut, err = l.mendWALs(); err == nil {
			err = l.openPebble()
		}
	}
	switch {
	case err == nil:
		return cut, nil
	case pebble.IsCorruptionError(err):
		return cut, fmt.Errorf("the store in %s is damaged: put the directory back from a copy, "+
			"or move it away to begin with an empty one: %w", l.cfg.Dir, err)
	default:
		return cut, fmt.Errorf("opening the data directory %s: %w", l.cfg.Dir, err)
	}
}

// start begins what the log does in the background; Close ends it.
func (l *Log) start() {
	ctx, stop := context.WithCancelCause(context.Background())
	l.stop = stop
	l.background.Go(l.commitAll)
	l.background.Go(func() { l.retainAll(ctx) })
	l.background.Go(func() { l.recordHead(ctx) })
	l.background.Go(func() { l.healAll(ctx) })
	if l.cfg.Sync == Written {
		l.background.Go(func() { l.syncAll(ctx) })
	}
}
