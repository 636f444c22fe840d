package local

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// block is a block as it is stored.
type block struct{ key, value []byte }

// save returns the blocks that were acknowledged and are not known to be on the disk: those
// in memory, and those of the newest table there, whose entry into the list of tables may
// have failed. After a failed sync, what the system has of a write-ahead log may be gone.
//
// It is at most what fits into the tables in memory, and one more.
func (l *Log) save() (saved []block) {
	if l.db == nil {
		return nil
	}
	it, err := l.db.NewIter(nil)
	if err != nil {
		l.logger.Warn("what the store has in memory cannot be read", "error", err)
		return nil
	}
	defer it.Close() //nolint:errcheck // Its error is that of it.Error.
	from, head := l.savedFrom(), entry.Position(l.head.Load())
	for ok := it.SeekGE(blockKey(from)); ok; ok = it.Next() {
		if first, ok := keyPosition(it.Key()); !ok || first > head {
			break
		}
		saved = append(saved, block{slices.Clone(it.Key()), slices.Clone(it.Value())})
	}
	if err := it.Error(); err != nil {
		l.logger.Warn("not all that the store has in memory can be read", "error", err)
	}
	return saved
}

// savedFrom returns the first position that may not be on the disk.
func (l *Log) savedFrom() entry.Position {
	floor := l.meta.Load().Floor
	levels, err := l.db.SSTables()
	if err != nil {
		return floor + 1
	}
	var ends []entry.Position
	for _, level := range levels {
		for _, t := range level {
			name := l.env.files.PathJoin(l.cfg.Dir, blocksDir, fmt.Sprintf("%06d.sst", t.BackingSSTNum))
			if last, ok := keyPosition(t.Largest.UserKey); ok && !l.disk.inMemory(name) {
				ends = append(ends, last)
			}
		}
	}
	if len(ends) < 2 {
		return floor + 1
	}
	slices.Sort(ends)
	return max(floor, ends[len(ends)-2]) + 1
}

// restore puts back what Pebble lacks of the blocks that were saved, and removes what was
// refused: its positions were never seen, and are given to others. What is lost in spite of
// it is behind the end of the log or a hole in it, which readers are told.
func (l *Log) restore(ctx context.Context, saved []block) error {
	head, n := entry.Position(l.head.Load()), 0
	span := pebble.KeyRange{Start: blockKey(head + 1), End: blockKey(math.MaxUint64)}
	if err := l.db.Excise(ctx, span); err != nil {
		return fmt.Errorf("entries that were refused cannot be removed: %w", err)
	}
	for _, b := range saved {
		_, closer, err := l.db.Get(b.key)
		switch {
		case err == nil:
			err = closer.Close()
		case errors.Is(err, pebble.ErrNotFound):
			n++
			err = l.db.Set(b.key, b.value, pebble.Sync)
		}
		if err != nil {
			return fmt.Errorf("a block cannot be put back: %w", err)
		}
	}
	if n == 0 {
		return nil
	}
	l.logger.Warn("blocks of the store were not on the disk any more, and are put back", "blocks", n)
	// As a table of their own, so that none overlaps another.
	return l.db.Flush()
}
