package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// Log is a log in a directory of this machine. Make one with [Open]. All methods are
// safe for concurrent use.
type Log struct {
	cfg    Config
	logger *slog.Logger
	env    environment
	lock   *pebble.Lock
	gate   *gateFS

	// use is held for reading by whoever uses these four, and for writing by Close and by
	// the healer, which replaces them.
	use sync.RWMutex
	// db is nil where Pebble could not be opened again. disk is what it has written to,
	// which tells whether that may be trusted; wal is that with its write-ahead logs, or nil
	// with Fsync.
	db   *pebble.DB
	disk *shadowFS
	wal  *walFS

	// headFile is the one goroutine's that records the head, and Close's after it.
	headFile *headFile

	// requests are the calls of Append that wait for the committer. Not buffered: what
	// waits here can still be given up.
	requests chan *request
	// next and committed are the position and the least commit time of the next block.
	// The committer's alone.
	next      entry.Position
	committed int64

	// head is the last position that readers may see, meta what is in the file. Both are
	// written by one goroutine: the committer, and whoever holds retaining.
	head      atomic.Uint64
	meta      atomic.Pointer[meta]
	retaining sync.Mutex

	// mu makes joining the followers one step with a move of head.
	mu        sync.Mutex
	followers map[*follower]struct{}

	damage  damage
	outages outages

	// failure is why nothing can be written for now, or nil. Written with use held for
	// writing, and by report.
	failure atomic.Pointer[error]
	// failing wakes the healer. It has room for one: the healer looks for itself.
	failing chan struct{}

	closing    chan struct{} // closed by Close
	closeOnce  sync.Once
	closeError error
	stop       context.CancelCauseFunc
	background sync.WaitGroup
}

func newLog(cfg Config, logger *slog.Logger, env environment) *Log {
	l := &Log{
		cfg:       cfg,
		logger:    logger,
		env:       env,
		requests:  make(chan *request),
		followers: map[*follower]struct{}{},
		failing:   make(chan struct{}, 1),
		closing:   make(chan struct{}),
	}
	l.gate = newGateFS(env.files, cfg, l.closing)
	return l
}

// Epoch tells this log from others. It changes only between two runs, when the directory
// was put back from a copy. It never blocks.
func (l *Log) Epoch() store.Epoch { return l.meta.Load().Epoch }

// Bounds returns the stretch that is retained. It never blocks. An entry that Append has
// acknowledged is within.
func (l *Log) Bounds() store.Bounds {
	// In this order, so that Floor is never ahead of Head.
	floor := l.meta.Load().Floor
	return store.Bounds{Floor: floor, Head: entry.Position(l.head.Load())}
}

// Entries returns how many entries were ever stored behind a position, up to and including
// another one, whether they are retained or not. It never blocks.
func (l *Log) Entries(after, through entry.Position) uint64 {
	return l.meta.Load().entriesWithin(after, through)
}

// Health returns nil while the log takes entries and can be read, or why not. It does
// not wait for the disk, but may ask how full it is.
func (l *Log) Health() error {
	select {
	case <-l.closing:
		return store.ErrClosed
	default:
	}
	if err := l.failed(); err != nil {
		return err
	}
	return l.gate.room()
}

// acquire keeps the log open as it is until use is unlocked for reading.
func (l *Log) acquire() error {
	l.use.RLock()
	select {
	case <-l.closing:
		l.use.RUnlock()
		return store.ErrClosed
	default:
	}
	if l.db == nil {
		l.use.RUnlock()
		return l.failed()
	}
	return nil
}

// Close ends the log, in this order:
//
//  1. Append and Follow return store.ErrClosed; a commit that is under way is finished;
//  2. the goroutines of the log end;
//  3. readers that are at work finish;
//  4. everything is brought to disk and the directory is released.
//
// It waits for all of that. Further calls return the same.
func (l *Log) Close() error {
	l.closeOnce.Do(func() {
		close(l.closing)
		l.stop(store.ErrClosed)
		l.background.Wait()
		l.use.Lock()
		defer l.use.Unlock()
		l.closeError = l.closeFiles()
	})
	return l.closeError
}

func (l *Log) closeFiles() error {
	err := l.failed()
	if err == nil {
		// Tables are checked as a whole, which the write-ahead log is not.
		err = errors.Join(l.db.Flush(), l.closePebble(), l.disk.failure())
	} else {
		_ = l.closePebble() // What it has to say comes of the failure.
	}
	err = errors.Join(err, l.closeHeadFile())
	if err == nil {
		m := *l.meta.Load()
		m.Boot = "" // a clean end
		err = m.save(l.env.files, l.cfg.Dir)
	}
	if err := errors.Join(err, l.lock.Close()); err != nil {
		return fmt.Errorf("closing the store: %w", err)
	}
	return nil
}
