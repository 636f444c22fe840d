// Package file follows log files: every file that matches a pattern, and what is appended
// to it.
//
// Files are polled, one goroutine for all. Notifications of the file system (inotify and
// its like) were left aside: they are silent on network file systems and on many volumes
// of containers, run out at a limit of the machine's, and need the polling beside them
// anyway. Polling 500 idle files, four times a second, takes 0.6 % of a core.
//
// What holds:
//
//   - Every line that is appended to a followed file becomes one entry, in the order of
//     the file. Lines of different files are not ordered among each other.
//   - The last line is kept until it is complete: until its line feed comes, or nothing
//     more for five seconds.
//   - A file that is truncated is read from its start. One that is renamed is followed on
//     under its new name, or, where no pattern matches that, to its end; the file that
//     takes its place is read from its start.
//   - While the store takes nothing, nothing is read: the files are the buffer.
//
// A file that is truncated and has grown beyond its former length between two polls looks
// as if it had grown, which only a notification would tell. Where a file was followed to
// is not remembered from one start of the server to the next.
package file

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/line"
)

const (
	// readBytes is what is read of one file before it is the next one's turn: large enough
	// for disks, small enough that a busy file does not hold up the others.
	readBytes = 256 << 10
	// maxFiles bounds the files that are open at once, below the usual limit of a process.
	maxFiles = 512
	// partialAfter is how long an incomplete line waits for its end.
	partialAfter = 5 * time.Second
	// leaveAfter is how long a file is followed that has been renamed or deleted: its
	// writer may take a while until it opens the new one.
	leaveAfter = 5 * time.Second
	// flushTime bounds how long the end waits for a store that takes nothing.
	flushTime = 5 * time.Second
)

// Config says which files are followed. All but Patterns has a default.
type Config struct {
	// Patterns select the files: *, ?, [a-z], {a,b}, and ** for any number of folders.
	// Compressed files (.gz, .bz2, .xz, .zst, .zip) are passed over.
	Patterns []string
	// FromBeginning says that files which are there at the start are read from their
	// beginning. Default: from their end. Files that come later are always read whole.
	FromBeginning bool
	// Poll is the time between two looks at a file that did not grow. Default 250 ms.
	Poll time.Duration
	// Scan is the time between two looks for new files. Default 1 s.
	Scan time.Duration
	// Origin is what is known of the files' lines. Where it names no service, the file's
	// name without its ending does. The attribute log.file.path is added to all.
	Origin ingest.Origin
	// MaxLineBytes is where lines are cut. Default line.DefaultMaxBytes.
	MaxLineBytes int
	// Now is the clock that lines are stamped by. Default time.Now.
	Now func() time.Time
}

func (c Config) orDefault() Config {
	if c.Poll <= 0 {
		c.Poll = 250 * time.Millisecond
	}
	if c.Scan <= 0 {
		c.Scan = time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// Follower follows files. Make it with New.
type Follower struct {
	cfg    Config
	sink   *ingest.Sink
	logger *slog.Logger

	// What follows belongs to the goroutine of Run.
	batcher *ingest.Batcher
	tails   []*tail
	scanned bool
	buffer  []byte
	// refused holds the paths that could not be opened, so that each is logged once.
	refused map[string]bool
}

// New returns a Follower that stores in sink. It fails if a pattern is not valid.
func New(cfg Config, sink *ingest.Sink, logger *slog.Logger) (*Follower, error) {
	var errs []error
	for _, pattern := range cfg.Patterns {
		if !doublestar.ValidatePathPattern(pattern) {
			errs = append(errs, fmt.Errorf("the file pattern %q is not valid: a bracket or brace is not closed", pattern))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return &Follower{cfg: cfg.orDefault(), sink: sink, logger: logger}, nil
}

// Run follows the files until ctx ends and returns once everything that was read is
// stored, for which the store has 5 s. It returns earlier, with an error, only if the
// store is closed. Files that cannot be read are logged and tried again. It must be called
// once.
func (f *Follower) Run(ctx context.Context) error {
	f.batcher = ingest.NewBatcher(f.sink, f.logger)
	f.buffer = make([]byte, readBytes)
	f.refused = make(map[string]bool)
	err := f.follow(ctx)
	flush, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTime)
	defer cancel()
	for _, t := range f.tails {
		t.rest(flush)
		t.close()
	}
	f.tails = nil
	if closing := f.batcher.Close(flush); err == nil {
		err = closing
	}
	return err
}

func (f *Follower) follow(ctx context.Context) error {
	var nextScan time.Time
	for ctx.Err() == nil {
		now := time.Now()
		if !now.Before(nextScan) {
			f.scan(ctx)
			nextScan = now.Add(f.cfg.Scan)
		}
		busy, err := f.turn(ctx, now)
		if err != nil && ctx.Err() == nil {
			return err
		}
		if busy {
			continue
		}
		select {
		case <-time.After(f.cfg.Poll):
		case <-ctx.Done():
		}
	}
	return nil
}

// turn reads a piece of every file. It returns whether one of them may have more.
func (f *Follower) turn(ctx context.Context, now time.Time) (busy bool, err error) {
	staying := f.tails[:0]
	for _, t := range f.tails {
		more, err := t.read(ctx, now)
		if err != nil {
			return false, err
		}
		busy = busy || more
		if t.left(now) && !more {
			t.rest(ctx)
			t.close()
			continue
		}
		staying = append(staying, t)
	}
	clear(f.tails[len(staying):])
	f.tails = staying
	return busy, nil
}

// origin returns what is known of the lines of the file at path.
func (f *Follower) origin(path string) ingest.Origin {
	o := f.cfg.Origin
	if o.Service == "" {
		o.Service = serviceOf(path)
	}
	o.Attributes = append([]entry.Attribute{{Key: "log.file.path", Value: path}}, o.Attributes...)
	return o
}

// newSplitter returns what cuts a file into lines.
func (f *Follower) newSplitter() line.Splitter {
	return line.Splitter{MaxBytes: f.cfg.MaxLineBytes}
}
