package local

import (
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// gateFS is a file system that knows how full its disk is, and on which a write that
// finds no room waits for some. Pebble takes such a write for the end: it cannot know
// how much of it reached the disk.
//
// Entries are refused long before, at the high-water mark. A write gets here only where
// something else fills the disk faster than that is noticed.
type gateFS struct {
	vfs.FS

	below     vfs.FS
	dir       string
	highWater float64
	closing   <-chan struct{}

	// waiting is whether a write waits for room, paused whether the next table does.
	waiting, paused atomic.Bool
	mu              sync.Mutex
	measured        time.Time
	lastAnswer      error
}

const (
	// measureEvery is how old an answer about the disk may be. Asking takes 2 µs; within
	// this time a fast disk takes 200 MB.
	measureEvery = 100 * time.Millisecond
	// retryEvery is how often a write that waits for room looks whether there is some.
	retryEvery = 200 * time.Millisecond
)

func newGateFS(files vfs.FS, cfg Config, closing <-chan struct{}) *gateFS {
	g := &gateFS{
		below:     files,
		dir:       cfg.Dir,
		highWater: cfg.DiskHighWater,
		closing:   closing,
	}
	g.FS = vfs.OnDiskFull(files, g.waitForRoom)
	return g
}

// room returns nil if entries may be written, and an error that wraps store.ErrFull if
// not.
func (g *gateFS) room() error {
	if err := g.held(); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := time.Now(); now.Sub(g.measured) >= measureEvery {
		g.measured, g.lastAnswer = now, g.measure()
	}
	return g.lastAnswer
}

// held returns an error that wraps store.ErrFull while a write waits for room. It asks
// once: an answer made of two looks could take the end of the wait for a stored entry.
func (g *gateFS) held() error {
	if !g.waiting.Load() {
		return nil
	}
	return fmt.Errorf("%w: no space is left on the disk of %s", store.ErrFull, g.dir)
}

// forget makes the next call of room ask again.
func (g *gateFS) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.measured = time.Time{}
}

func (g *gateFS) measure() error {
	usage, err := g.below.GetDiskUsage(g.dir)
	if err != nil {
		return fmt.Errorf("%w: how full the disk of %s is cannot be found out: %w", store.ErrFailed, g.dir, err)
	}
	// What the system keeps for itself counts as neither, as in df.
	total := usage.UsedBytes + usage.AvailBytes
	if float64(usage.UsedBytes) < g.highWater*float64(total) {
		return nil
	}
	const mib = 1 << 20
	return fmt.Errorf("%w: %d of %d MiB of the disk of %s are in use, and entries are refused from %.0f %% on: "+
		"make room, keep less, or raise the mark", store.ErrFull, usage.UsedBytes/mib, total/mib, g.dir, 100*g.highWater)
}

// waitForRoom returns when a write that found no room may be tried again. vfs.OnDiskFull
// calls it, for one write at a time; all others wait with it.
func (g *gateFS) waitForRoom() {
	g.waiting.Store(true)
	defer g.waiting.Store(false)
	defer g.forget()
	ticker := time.NewTicker(retryEvery)
	defer ticker.Stop()
	for {
		select {
		case <-g.closing:
			return
		case <-ticker.C:
			if g.measure() == nil {
				return
			}
		}
	}
}

// pause makes the next table wait for a moment. It is for a table that could not be
// written, as one that could not be synced for lack of room: to sync again would prove
// nothing, so it is written again.
func (g *gateFS) pause() { g.paused.Store(true) }

// Create implements vfs.FS.
func (g *gateFS) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	const tableSuffix = ".sst"
	if filepath.Ext(name) == tableSuffix {
		if err := g.admitTable(); err != nil {
			return nil, err
		}
	}
	return g.FS.Create(name, category)
}

// admitTable waits until a table may be written.
func (g *gateFS) admitTable() error {
	if g.paused.Swap(false) {
		select {
		case <-g.closing:
			return store.ErrClosed
		case <-time.After(retryEvery):
		}
	}
	return nil
}

// Unwrap implements vfs.FS.
func (g *gateFS) Unwrap() vfs.FS { return g.FS }
