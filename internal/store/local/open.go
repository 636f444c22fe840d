package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// environment is what a log has from the machine. Tests put faults into it.
type environment struct {
	files vfs.FS
	now   func() time.Time
	boot  func() string
}

func machine() environment {
	return environment{files: vfs.Default, now: time.Now, boot: bootID}
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
		if l.db != nil {
			err = errors.Join(err, l.db.Close())
		}
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
	case errors.Is(err, os.ErrPermission) && !errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("the data directory %s cannot be written to: %w", dir, err)
	case isFileError(err):
		return nil, fmt.Errorf("the data directory %s cannot be written to: %w", dir, err)
	}
	return nil, fmt.Errorf("%w: %s", store.ErrLocked, dir)
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
	if err := l.openPebble(); err != nil {
		return fmt.Errorf("opening the data directory %s: %w", l.cfg.Dir, err)
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
	if end.last, err = l.checkEnd(end.last); err != nil {
		return err
	}
	m = l.skipLost(m, end.last)
	if err := m.save(l.env.files, l.cfg.Dir); err != nil {
		return fmt.Errorf("the data directory %s cannot be written to: %w", l.cfg.Dir, err)
	}
	l.meta.Store(&m)
	head := max(end.last, m.Floor)
	l.head.Store(uint64(head))
	l.next = max(m.Next, head+1)
	l.committed = end.committed
	return nil
}

// adopt returns the meta for blocks that have none: whatever is there is retained.
func (l *Log) adopt(m meta) (meta, error) {
	it, err := l.db.NewIter(nil)
	if err != nil {
		return m, err
	}
	if it.First() {
		if first, ok := keyPosition(it.Key()); ok && first > 0 {
			m.Floor = first - 1
		}
	}
	return m, errors.Join(it.Error(), it.Close())
}

// skipLost keeps positions from being used twice after a loss of power, which may have
// taken with it the end of the log, whose positions are known to readers as cursors: it
// leaves a hole that is wider than what can have been lost.
func (l *Log) skipLost(m meta, last entry.Position) meta {
	// More than a machine takes in within the longest SyncInterval.
	const lostAtMost = 1 << 34
	boot := l.env.boot()
	if m.Boot != "" && m.Boot != boot {
		end := max(last, m.Floor, m.Next-1)
		m.Next = end + lostAtMost
		if n := len(m.Holes); n > 0 && m.Holes[n-1].Through >= max(last, m.Floor) {
			m.Holes[n-1].Through = m.Next - 1
		} else {
			m.Holes = append(m.Holes, hole{After: max(last, m.Floor), Through: m.Next - 1})
		}
		m.Holes = m.Holes[max(0, len(m.Holes)-maxHoles):]
		l.logger.Warn("the machine was restarted without a clean end of the store: " +
			"entries of the last moments before it may be lost")
	}
	m.Boot = ""
	if l.cfg.Sync == Written { // With Fsync, nothing that was acknowledged can be lost.
		m.Boot = boot
	}
	return m
}

// checkEnd returns the last position that was acknowledged, given the last one that is
// there. What is between the two is lost, which readers are told.
func (l *Log) checkEnd(last entry.Position) (entry.Position, error) {
	file, recorded, err := openHeadFile(l.env.files, l.cfg.Dir)
	if err != nil {
		return 0, fmt.Errorf("the data directory %s cannot be written to: %w", l.cfg.Dir, err)
	}
	l.headFile = file
	if recorded > last {
		l.logger.Error("the newest entries of the store are lost: its log on disk is damaged, or was cut off with the power",
			"from", uint64(last+1), "to", uint64(recorded))
	}
	return max(last, recorded), nil
}

// end is where the log ends.
type end struct {
	last      entry.Position
	committed int64
}

// findEnd returns the last position that is in use.
func (l *Log) findEnd() (end, error) {
	it, err := l.db.NewIter(nil)
	if err != nil {
		return end{}, err
	}
	defer it.Close() //nolint:errcheck // Its error is that of it.Error.
	if it.Last() {
		h, err := decodeHeader(it.Key(), it.Value())
		if err == nil {
			return end{h.last(), h.committed}, nil
		}
		first, _ := keyPosition(it.Key())
		l.logger.Warn("the last block of the store is damaged", "position", first, "error", err)
		return end{last: first + maxBlockEntries - 1}, nil
	}
	if err := it.Error(); err != nil {
		l.logger.Warn("the last file of the store is damaged", "error", err)
		return l.endOfTables()
	}
	return end{}, nil
}

// endOfTables returns a position that is at least the last one, from the list of files.
func (l *Log) endOfTables() (e end, err error) {
	levels, err := l.db.SSTables()
	if err != nil {
		return end{}, err
	}
	for _, tables := range levels {
		for _, t := range tables {
			if first, ok := keyPosition(t.Largest.UserKey); ok {
				e.last = max(e.last, first+maxBlockEntries-1)
			}
		}
	}
	return e, nil
}

// openPebble opens Pebble for what this package does: large values, added at the end,
// removed at the beginning, read in order.
func (l *Log) openPebble() error {
	// Every file handle is one table: 1,000 of 16 MiB are held open at most.
	const maxOpenFiles = 1000
	messages := &pebbleLogger{logger: l.logger, failed: l.fail, pause: l.gate.pause}
	l.wal = newWALFS(l.gate, l.cfg.Sync == Written, l.fail)
	options := &pebble.Options{
		FS:                 l.wal,
		Lock:               l.lock,
		Logger:             messages,
		EventListener:      messages.listener(),
		Comparer:           comparer(),
		FormatMajorVersion: pebble.FormatNewest,
		CacheSize:          l.cfg.CacheBytes,
		MaxOpenFiles:       maxOpenFiles,
		MemTableSize:       uint64(l.cfg.MemTableBytes), //nolint:gosec // G115: validated.
		// Three more, so that a slow disk is felt later.
		MemTableStopWritesThreshold: 4,
		// Tables never overlap, so there is nothing to gain from merging them: without
		// this, each byte was written up to three times more.
		DisableAutomaticCompactions: true,
		DisableTableStats:           true,
		// One table a memtable.
		FlushSplitBytes: 2 * l.cfg.MemTableBytes,
	}
	options.TargetFileSizes[0] = 2 * l.cfg.MemTableBytes
	// Most blocks of ours are larger, so that each has one of Pebble's for itself, and
	// damage to one is damage to one.
	for i := range options.Levels {
		options.Levels[i].BlockSize = 4 << 10
	}
	// Blocks are compressed once, by us, before the write-ahead log.
	options.ApplyCompressionSettings(func() pebble.DBCompressionSettings { return pebble.DBCompressionNone })
	db, err := pebble.Open(l.env.files.PathJoin(l.cfg.Dir, blocksDir), options)
	if err != nil {
		return err
	}
	l.db = db
	return nil
}

// comparer orders keys as the default one does. Other than that one, it makes no keys
// that are between two others for the indexes of tables: with those, Pebble reads the
// block before a position as well, and fails at that if it is damaged.
func comparer() *pebble.Comparer {
	c := *pebble.DefaultComparer
	c.Name = "logsieve.position"
	c.Separator = func(dst, a, _ []byte) []byte { return append(dst, a...) }
	c.Successor = func(dst, a []byte) []byte { return append(dst, a...) }
	return &c
}

// start begins what the log does in the background; Close ends it.
func (l *Log) start() {
	ctx, stop := context.WithCancelCause(context.Background())
	l.stop = stop
	l.background.Go(l.commitAll)
	l.background.Go(func() { l.retainAll(ctx) })
	l.background.Go(func() { l.recordHead(ctx) })
	if l.cfg.Sync == Written {
		l.background.Go(func() { l.wal.run(ctx, l.cfg.SyncInterval) })
	}
}
