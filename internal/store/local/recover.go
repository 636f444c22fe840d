package local

import (
	"errors"
	"fmt"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

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

// renew gives a log that was put back from a copy an epoch of its own. The log that was
// copied may have gone on, and readers have its cursors: the positions behind the copy's
// end would be used twice.
//
// The copy is known by its file, logsieve.meta, which is made anew whenever the log is
// opened and closed. The other way is a register of epochs outside the directory, which
// would have to be kept as safe as the directory itself.
func (l *Log) renew(m meta) meta {
	if !m.copied {
		return m
	}
	m.Epoch = newEpoch()
	l.logger.Warn("the data directory is a copy: cursors from before are refused, since the log that was copied "+
		"may have gone on behind its end", "dir", l.cfg.Dir)
	return m
}

// skipLost keeps positions from being used twice after a loss of power, which may have
// taken with it the end of the log, or where that was damaged and cut off. Its positions
// are known to readers as cursors: it leaves a hole that is wider than what can have been
// lost.
func (l *Log) skipLost(m meta, last entry.Position, cut bool) meta {
	// More than a machine takes in within the longest SyncInterval.
	const lostAtMost = 1 << 34
	boot := l.env.boot()
	crashed := m.Boot != "" && m.Boot != boot
	if crashed || cut {
		end := max(last, m.Floor, m.Next-1)
		m.Next = end + lostAtMost
		if n := len(m.Holes); n > 0 && m.Holes[n-1].Through >= max(last, m.Floor) {
			m.Holes[n-1].Through = m.Next - 1
		} else {
			m.Holes = append(m.Holes, hole{After: max(last, m.Floor), Through: m.Next - 1})
		}
		m.Holes = m.Holes[max(0, len(m.Holes)-maxHoles):]
	}
	if crashed {
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
	err = it.Error()
	switch {
	case err == nil:
		return end{}, nil
	case !isDamage(err):
		return end{}, fmt.Errorf("the data directory %s cannot be read: %w", l.cfg.Dir, err)
	}
	l.logger.Warn("the last file of the store is damaged", "error", err)
	return l.endOfTables()
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
