package config

import "time"

// The values of Store.Sync.
const (
	// SyncWritten acknowledges what the operating system has: it survives the death of
	// the process, and is synced to disk at an interval.
	SyncWritten = "written"
	// SyncFsync acknowledges what is on the disk: it survives loss of power.
	SyncFsync = "fsync"
)

// Store is where entries are kept and for how long.
type Store struct {
	// Dir is the directory of the store, made if need be. Default: ./data.
	Dir string `key:"dir" flag:"*" usage:"directory of the store"`
	// Sync is SyncWritten or SyncFsync. Default: SyncWritten.
	Sync string `key:"sync" flag:"*" usage:"what is acknowledged: entries written, or synced to disk" oneof:"written fsync"`
	// SyncInterval is how often SyncWritten syncs. Range: 10ms to 1m. Default: 1s.
	SyncInterval time.Duration `key:"sync_interval" min:"10ms" max:"1m"`
	// MaxAge is how long entries are kept. Range: 1m to 3650d; 0 is no limit.
	// Default: 7d.
	MaxAge time.Duration `key:"max_age" flag:"*" usage:"how long entries are kept, 0: no limit" min:"1m" max:"3650d" zero:"no limit"`
	// MaxSize is how much disk the store may take, beyond which the oldest entries go.
	// Range: 64MiB to 1024TiB; 0 is no limit. Default: 10GiB.
	MaxSize Size `key:"max_size" flag:"*" usage:"how much disk the store may take, 0: no limit" min:"64MiB" max:"1024TiB" zero:"no limit"`
	// DiskHighWater is how full the disk may be, in per cent; above it entries are
	// refused until there is room. Range: 1 to 100. Default: 90.
	DiskHighWater int `key:"disk_high_water" min:"1" max:"100"`
}

func defaultStore() Store {
	return Store{
		Dir:           "./data",
		Sync:          SyncWritten,
		SyncInterval:  time.Second,
		MaxAge:        7 * day,
		MaxSize:       10 * GiB,
		DiskHighWater: 90,
	}
}
