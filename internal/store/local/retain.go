package local

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// retainAll enforces what may be kept, at an interval, until ctx ends.
func (l *Log) retainAll(ctx context.Context) {
	if l.cfg.MaxAge == 0 && l.cfg.MaxBytes == 0 {
		return
	}
	ticker := time.NewTicker(l.cfg.RetentionInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := l.Retain(ctx); err != nil && ctx.Err() == nil {
			l.logger.Warn("old entries could not be removed", "error", err)
		}
	}
}

// Retain removes what is older than Config.MaxAge, and the oldest files beyond
// Config.MaxBytes, now. The log does so by itself every Config.RetentionInterval. The
// floor is moved first, in [Log.Bounds] and in the file, so that no reader ever finds
// entries missing that it was not told of.
func (l *Log) Retain(ctx context.Context) error {
	l.retaining.Lock()
	defer l.retaining.Unlock()
	if err := l.failed(); err != nil {
		return err
	}
	floor := l.Bounds().Floor
	if l.cfg.MaxAge > 0 {
		p, err := l.PositionAt(ctx, l.env.now().Add(-l.cfg.MaxAge))
		if err != nil {
			return err
		}
		floor = max(floor, p)
	}
	if l.cfg.MaxBytes > 0 {
		p, err := l.floorOfSize()
		if err != nil {
			return err
		}
		floor = max(floor, p)
	}
	return l.removeUpTo(ctx, floor)
}

// table is a file of entries.
type table struct {
	first, last entry.Position // keys: the first positions of its first and last block
	bytes       uint64
}

// floorOfSize returns the floor with which the files fit into Config.MaxBytes.
func (l *Log) floorOfSize() (entry.Position, error) {
	if err := l.acquire(); err != nil {
		return 0, err
	}
	defer l.use.RUnlock()
	tables, total, err := l.tables()
	if err != nil {
		return 0, err
	}
	var floor entry.Position
	for i, t := range tables {
		if total <= uint64(l.cfg.MaxBytes) { //nolint:gosec // G115: validated.
			break
		}
		total -= t.bytes
		// A table ends where the next one begins; where there is none, with the head: what
		// is in memory stays.
		if i+1 < len(tables) {
			floor = tables[i+1].first - 1
		} else if floor, err = l.lastOf(t); err != nil {
			return 0, err
		}
	}
	return floor, nil
}

// tables returns the files in the order of their entries, and the bytes of all files
// that belong to the log.
func (l *Log) tables() (tables []table, total uint64, err error) {
	levels, err := l.db.SSTables()
	if err != nil {
		return nil, 0, err
	}
	for _, level := range levels {
		for _, t := range level {
			first, ok1 := keyPosition(t.Smallest.UserKey)
			last, ok2 := keyPosition(t.Largest.UserKey)
			if ok1 && ok2 {
				tables = append(tables, table{first, last, t.Size})
				total += t.Size
			}
		}
	}
	slices.SortFunc(tables, func(a, b table) int { return cmp.Compare(a.first, b.first) })
	return tables, total + l.db.Metrics().WAL.PhysicalSize, nil
}

// lastOf returns the last position in the last table.
func (l *Log) lastOf(t table) (entry.Position, error) {
	value, closer, err := l.db.Get(blockKey(t.last))
	if err != nil {
		return 0, fmt.Errorf("the last block of a file cannot be read: %w", err)
	}
	h, err := decodeHeader(blockKey(t.last), value)
	if err := errors.Join(err, closer.Close()); err != nil {
		return 0, err
	}
	return min(h.last(), entry.Position(l.head.Load())), nil
}

// removeUpTo moves the floor, if it is a higher one, and removes what is up to it.
func (l *Log) removeUpTo(ctx context.Context, floor entry.Position) error {
	if err := l.acquire(); err != nil {
		return err
	}
	defer l.use.RUnlock()
	before := l.meta.Load()
	if floor <= before.Floor {
		return nil
	}
	m := before.withFloor(floor)
	if err := m.save(l.env.files, l.cfg.Dir); err != nil {
		return fmt.Errorf("the floor cannot be written: %w", err)
	}
	l.meta.Store(&m)
	// From 0 on, in case that the last time ended between the two steps.
	span := pebble.KeyRange{Start: blockKey(0), End: blockKey(floor + 1)}
	if err := l.db.Excise(ctx, span); err != nil {
		return fmt.Errorf("entries cannot be removed: %w", err)
	}
	l.logger.Debug("old entries were removed", "floor", uint64(floor),
		"entries", before.entriesWithin(before.Floor, floor))
	return nil
}
