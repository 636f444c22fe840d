package file

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/ingest"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/line"
)

// tail is one file that is followed.
type tail struct {
	follower *Follower
	path     string
	file     *os.File
	// info tells the file from others, whatever its name is.
	info     os.FileInfo
	origin   ingest.Origin
	splitter line.Splitter
	// offset is where the next piece is read.
	offset int64
	// grown is when something was read last.
	grown time.Time
	// leaving is when the file was found to have no name any more; zero while it has one.
	leaving time.Time
	// failing is set while the file cannot be read, so that it is logged once.
	failing bool
}

// read takes in the next piece of the file. It returns whether there may be more. Its
// error is that of handing a line over; the file's own are logged.
func (t *tail) read(ctx context.Context, now time.Time) (more bool, err error) {
	n, err := t.file.Read(t.follower.buffer)
	if n > 0 {
		t.offset += int64(n)
		t.grown = now
		t.failing = false
		return n == len(t.follower.buffer), t.add(ctx, t.follower.buffer[:n])
	}
	if err != nil && !errors.Is(err, io.EOF) {
		t.fail(ctx, err)
		return false, nil
	}
	return t.idle(ctx, now)
}

// add hands over the lines that end in a piece.
func (t *tail) add(ctx context.Context, piece []byte) error {
	now := t.follower.cfg.Now()
	for l := range t.splitter.Lines(piece) {
		if e := t.origin.Entry(l, now); e != nil {
			if err := t.follower.batcher.Add(ctx, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// idle looks after a file that did not grow: it may have been truncated, and its last line
// may have to do without a line feed.
func (t *tail) idle(ctx context.Context, now time.Time) (more bool, err error) {
	info, err := t.file.Stat()
	if err != nil {
		t.fail(ctx, err)
		return false, nil
	}
	if info.Size() < t.offset {
		t.rest(ctx) // Its end has been cut away.
		if t.offset, err = t.file.Seek(0, io.SeekStart); err != nil {
			t.fail(ctx, err)
			return false, nil
		}
		return info.Size() > 0, nil
	}
	if t.splitter.Pending() > 0 && now.Sub(t.grown) >= partialAfter {
		t.rest(ctx)
	}
	return false, nil
}

// rest hands over the last line although it may be incomplete.
func (t *tail) rest(ctx context.Context) {
	l, ok := t.splitter.Rest()
	if !ok {
		return
	}
	if e := t.origin.Entry(l, t.follower.cfg.Now()); e != nil {
		if err := t.follower.batcher.Add(ctx, e); err != nil {
			t.follower.logger.WarnContext(ctx, "the last line of a file could not be stored", "path", t.path, "error", err)
		}
	}
}

// fail logs that the file cannot be read. It is tried again at the next turn, from where
// it was read to.
func (t *tail) fail(ctx context.Context, err error) {
	if !t.failing {
		t.follower.logger.WarnContext(ctx, "a file cannot be read", "path", t.path, "error", err)
	}
	t.failing = true
}

// leave notes that the file has no name any more, since when it is only read to its end.
func (t *tail) leave(now time.Time) {
	if t.leaving.IsZero() {
		t.leaving = now
	}
}

// left says whether a file without a name has been followed for long enough.
func (t *tail) left(now time.Time) bool {
	return !t.leaving.IsZero() && now.Sub(t.leaving) >= leaveAfter && now.Sub(t.grown) >= leaveAfter
}

// close releases the file. Nothing was written to it: its error means nothing.
func (t *tail) close() { _ = t.file.Close() }
