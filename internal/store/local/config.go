package local

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// SyncMode says when entries count as stored.
type SyncMode uint8

const (
	// Written acknowledges entries that the operating system has: they survive kill -9.
	// They are synced to disk every Config.SyncInterval.
	Written SyncMode = iota
	// Fsync acknowledges entries that are on the disk: they survive a loss of power.
	Fsync
)

// String returns the mode as it is written in a configuration.
func (m SyncMode) String() string {
	switch m {
	case Written:
		return "written"
	case Fsync:
		return "fsync"
	}
	return fmt.Sprintf("SyncMode(%d)", uint8(m))
}

// Config says where and how a log is kept. All but Dir may be left at zero.
type Config struct {
	// Dir is the directory, made if there is none. Required.
	Dir string
	// Sync says when entries count as stored. Default: Written.
	Sync SyncMode
	// SyncInterval is how often entries are synced to disk with Written: what a loss of
	// power may cost. 10 ms to 1 h. Default: 1 s.
	SyncInterval time.Duration

	// MaxAge is how long entries are kept after they were taken in. 0: no limit.
	MaxAge time.Duration
	// MaxBytes is how much disk the entries may take, in bytes. Entries are removed by
	// whole files, so that up to RetentionInterval's worth more is in use for a while.
	// At least 4 times MemTableBytes, so at least 1 MiB. 0: no limit.
	MaxBytes int64
	// RetentionInterval is how often MaxAge and MaxBytes are enforced. Default: 10 s.
	RetentionInterval time.Duration

	// DiskHighWater is the share of the disk, above 0 and at most 1, from which on
	// entries are refused. Default: 0.9.
	DiskHighWater float64

	// MemTableBytes is the size of a file of entries, and half of what is held in
	// memory before it is written to one. 256 KiB to 1 GiB. Default: an eighth of
	// MaxBytes, but at most 16 MiB.
	MemTableBytes int64
	// CacheBytes is how much of the files is cached, beside what the operating system
	// does. Default: 8 MiB.
	CacheBytes int64
}

// The bounds of Config's fields; see there.
const (
	defaultSyncInterval      = time.Second
	defaultRetentionInterval = 10 * time.Second
	defaultDiskHighWater     = 0.9
	defaultMemTableBytes     = 16 << 20
	defaultCacheBytes        = 8 << 20

	minSyncInterval  = 10 * time.Millisecond
	maxSyncInterval  = time.Hour
	minMemTableBytes = 256 << 10
	maxMemTableBytes = 1 << 30

	// minMemTables is how many files MaxBytes must have room for: the one being filled
	// and the one being written cannot be removed.
	minMemTables = 4
	// filesKept is into how many files MaxBytes is divided: what is removed at once.
	filesKept = 8
)

func (c Config) withDefaults() Config {
	c.SyncInterval = cmp.Or(c.SyncInterval, defaultSyncInterval)
	c.RetentionInterval = cmp.Or(c.RetentionInterval, defaultRetentionInterval)
	c.DiskHighWater = cmp.Or(c.DiskHighWater, defaultDiskHighWater)
	if c.MemTableBytes == 0 {
		c.MemTableBytes = defaultMemTableBytes
		if c.MaxBytes > 0 {
			c.MemTableBytes = min(max(c.MaxBytes/filesKept, minMemTableBytes), defaultMemTableBytes)
		}
	}
	c.CacheBytes = cmp.Or(c.CacheBytes, defaultCacheBytes)
	return c
}

// validate returns all mistakes of a configuration that has its defaults.
func (c Config) validate() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if c.Dir == "" {
		wrong("Dir is empty: name a directory")
	}
	if c.Sync > Fsync {
		wrong("Sync is %v: use Written or Fsync", c.Sync)
	}
	if c.SyncInterval < minSyncInterval || c.SyncInterval > maxSyncInterval {
		wrong("SyncInterval is %v: use %v to %v", c.SyncInterval, minSyncInterval, maxSyncInterval)
	}
	if c.MaxAge < 0 {
		wrong("MaxAge is %v: use a positive duration, or 0 for no limit", c.MaxAge)
	}
	if c.RetentionInterval < 0 {
		wrong("RetentionInterval is %v: use a positive duration", c.RetentionInterval)
	}
	if c.DiskHighWater < 0 || c.DiskHighWater > 1 {
		wrong("DiskHighWater is %v: use a share above 0 and at most 1", c.DiskHighWater)
	}
	if c.MemTableBytes < minMemTableBytes || c.MemTableBytes > maxMemTableBytes {
		wrong("MemTableBytes is %d: use %d to %d", c.MemTableBytes, minMemTableBytes, maxMemTableBytes)
	}
	if c.MaxBytes != 0 && c.MaxBytes < minMemTables*c.MemTableBytes {
		wrong("MaxBytes is %d: use at least %d, or 0 for no limit", c.MaxBytes, minMemTables*c.MemTableBytes)
	}
	if c.CacheBytes < 0 {
		wrong("CacheBytes is %d: use a positive number of bytes", c.CacheBytes)
	}
	return errors.Join(errs...)
}
