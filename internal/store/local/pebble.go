package local

import (
	"github.com/cockroachdb/pebble/v2"
)

// openPebble opens Pebble for what this package does: large values, added at the end,
// removed at the beginning, read in order.
func (l *Log) openPebble() error {
	// Every file handle is one table: 1,000 of 16 MiB are held open at most.
	const maxOpenFiles = 1000
	l.disk = newShadowFS(l.gate, l.report)
	messages := &pebbleLogger{logger: l.logger, failed: l.disk.fail, pause: l.gate.pause}
	options := &pebble.Options{
		FS:                 l.disk,
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
	if l.cfg.Sync == Written {
		l.wal = newWALFS(l.disk)
		options.FS = l.wal
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
