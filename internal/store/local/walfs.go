package local

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// lazyFS is a file system on which a write-ahead log answers Sync as soon as the
// operating system has what was written, and reaches the disk with the next call of
// syncAll, or when it is closed. All else is as on the file system below.
//
// Pebble's own way to not wait for the disk, NoSync, is no way for us: it acknowledges
// while the record is still in a buffer of the process, and kill -9 loses it.
//
// A log that is closed is synced before Close returns, since Pebble opens the next one
// only then: what is lost with the power is always the end of the newest log, never a
// piece from the middle.
type lazyFS struct {
	vfs.FS

	mu   sync.Mutex
	open map[*lazyFile]struct{}
}

var _ vfs.FS = (*lazyFS)(nil)

func newLazyFS(files vfs.FS) *lazyFS {
	return &lazyFS{FS: files, open: map[*lazyFile]struct{}{}}
}

// Create implements vfs.FS.
func (l *lazyFS) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := l.FS.Create(name, category)
	return l.wrap(name, f, err)
}

// ReuseForWrite implements vfs.FS.
func (l *lazyFS) ReuseForWrite(oldname, newname string, category vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := l.FS.ReuseForWrite(oldname, newname, category)
	return l.wrap(newname, f, err)
}

// Unwrap implements vfs.FS.
func (l *lazyFS) Unwrap() vfs.FS { return l.FS }

func (l *lazyFS) wrap(name string, f vfs.File, err error) (vfs.File, error) {
	const logSuffix = ".log"
	if err != nil || filepath.Ext(name) != logSuffix {
		return f, err
	}
	lazy := &lazyFile{File: f, fs: l}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[lazy] = struct{}{}
	return lazy, nil
}

// syncAll brings everything that was written to disk.
func (l *lazyFS) syncAll() error {
	l.mu.Lock()
	files := slices.Collect(maps.Keys(l.open))
	l.mu.Unlock()
	var errs []error
	for _, f := range files {
		errs = append(errs, f.syncNow())
	}
	return errors.Join(errs...)
}

// run calls syncAll at an interval until ctx ends, and failed with its first error.
func (l *lazyFS) run(ctx context.Context, interval time.Duration, failed func(error)) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			// Data that a sync failed to bring to disk may be gone from the cache as well:
			// trying again proves nothing.
			if err := l.syncAll(); err != nil {
				failed(err)
				return
			}
		}
	}
}

// lazyFile is a write-ahead log of a lazyFS.
type lazyFile struct {
	vfs.File
	fs *lazyFS

	// dirty is whether something may have been written since the last sync. Not under
	// the lock: a write must not wait for a sync that is under way.
	dirty atomic.Bool

	mu     sync.Mutex // held while the file is synced and while it is closed
	closed bool
}

// Write implements vfs.File.
func (f *lazyFile) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	f.dirty.Store(true) // behind the write: a sync in between would miss it
	return n, err
}

// Sync implements vfs.File. What was written is the operating system's already.
func (f *lazyFile) Sync() error { return nil }

// SyncData implements vfs.File; see Sync.
func (f *lazyFile) SyncData() error { return nil }

// SyncTo implements vfs.File; see Sync.
func (f *lazyFile) SyncTo(int64) (fullSync bool, err error) { return false, nil }

// Close implements vfs.File.
func (f *lazyFile) Close() error {
	f.fs.mu.Lock()
	delete(f.fs.open, f)
	f.fs.mu.Unlock()
	err := f.syncNow()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	return errors.Join(err, f.File.Close())
}

func (f *lazyFile) syncNow() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed || !f.dirty.Swap(false) {
		return nil
	}
	return f.File.SyncData()
}
