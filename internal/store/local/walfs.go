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

// walFS is a file system that treats write-ahead logs in ways of their own; other files
// are as on the one below.
//
// If lazy, a log answers Sync as soon as the operating system has what was written, and
// reaches the disk with the next call of syncAll, or when it is closed. Pebble's own way
// to not wait for the disk, NoSync, is no way for us: it acknowledges while the record is
// still in a buffer of the process, and kill -9 loses it. A log that is closed is synced
// before Close returns, since Pebble opens the next one only then: what is lost with the
// power is always the end of the newest log, never a piece from the middle.
//
// And no fault of the disk reaches Pebble, which would take the process down with it:
// it panics, and with a mutex in a state in which the panic cannot be recovered. failed
// is told of the fault, nothing is written from then on, and Pebble sees success. The
// committer therefore asks for faults after each commit.
type walFS struct {
	vfs.FS

	lazy   bool
	failed func(error)

	// broken is whether there was a fault. beginning is whether a log was made and
	// nothing written to it yet: then its directory is synced.
	broken, beginning atomic.Bool

	mu   sync.Mutex
	open map[*walFile]struct{}
}

var _ vfs.FS = (*walFS)(nil)

func newWALFS(files vfs.FS, lazy bool, failed func(error)) *walFS {
	return &walFS{FS: files, lazy: lazy, failed: failed, open: map[*walFile]struct{}{}}
}

// Create implements vfs.FS.
func (w *walFS) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := w.FS.Create(name, category)
	return w.wrap(name, f, err)
}

// ReuseForWrite implements vfs.FS.
func (w *walFS) ReuseForWrite(oldname, newname string, category vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := w.FS.ReuseForWrite(oldname, newname, category)
	return w.wrap(newname, f, err)
}

// OpenDir implements vfs.FS.
func (w *walFS) OpenDir(name string) (vfs.File, error) {
	f, err := w.FS.OpenDir(name)
	if err != nil {
		return nil, err
	}
	return &walDir{File: f, fs: w}, nil
}

// Unwrap implements vfs.FS.
func (w *walFS) Unwrap() vfs.FS { return w.FS }

func (w *walFS) wrap(name string, f vfs.File, err error) (vfs.File, error) {
	const logSuffix = ".log"
	if filepath.Ext(name) != logSuffix {
		return f, err
	}
	w.beginning.Store(true)
	if w.swallow(err); err != nil {
		// Nothing will be written to it.
		if f, err = vfs.NewMem().Create("wal", vfs.WriteCategoryUnspecified); err != nil {
			return nil, err
		}
	}
	wal := &walFile{File: f, fs: w}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open[wal] = struct{}{}
	return wal, nil
}

// swallow notes a fault, if there is one.
func (w *walFS) swallow(err error) {
	if err != nil {
		w.failed(err)
		w.broken.Store(true)
	}
}

// syncAll brings everything that was written to disk.
func (w *walFS) syncAll() {
	w.mu.Lock()
	files := slices.Collect(maps.Keys(w.open))
	w.mu.Unlock()
	for _, f := range files {
		f.syncNow()
	}
}

// run calls syncAll at an interval until ctx ends.
func (w *walFS) run(ctx context.Context, interval time.Duration) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			w.syncAll()
		}
	}
}

// walFile is a write-ahead log.
type walFile struct {
	vfs.File
	fs *walFS

	// dirty is whether something may have been written since the last sync. Not under
	// the lock: a write must not wait for a sync that is under way.
	dirty atomic.Bool

	mu     sync.Mutex // held while the file is synced and while it is closed
	closed bool
}

// Write implements vfs.File.
func (f *walFile) Write(p []byte) (int, error) {
	f.fs.beginning.Store(false)
	if f.fs.broken.Load() {
		return len(p), nil
	}
	_, err := f.File.Write(p)
	f.dirty.Store(true) // behind the write: a sync in between would miss it
	f.fs.swallow(err)
	return len(p), nil
}

// SyncData implements vfs.File. If the file system is lazy, what was written is the
// operating system's, and that is all.
func (f *walFile) SyncData() error {
	if !f.fs.lazy {
		f.syncNow()
	}
	return nil
}

// Sync implements vfs.File; see SyncData.
func (f *walFile) Sync() error { return f.SyncData() }

// SyncTo implements vfs.File. It promises nothing.
func (f *walFile) SyncTo(int64) (fullSync bool, err error) { return false, nil }

// Close implements vfs.File.
func (f *walFile) Close() error {
	f.fs.mu.Lock()
	delete(f.fs.open, f)
	f.fs.mu.Unlock()
	f.syncNow()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	f.fs.swallow(f.File.Close())
	return nil
}

// syncNow brings what was written to disk. If that fails, it is not tried again: the
// data may be gone from the system's cache as well, and the next sync proves nothing.
func (f *walFile) syncNow() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed && !f.fs.broken.Load() && f.dirty.Swap(false) {
		f.fs.swallow(f.File.SyncData())
	}
}

// walDir is the directory of the write-ahead logs, and of all else.
type walDir struct {
	vfs.File
	fs *walFS
}

// Sync implements vfs.File.
func (d *walDir) Sync() error {
	err := d.File.Sync()
	if err != nil && d.fs.beginning.Load() {
		d.fs.swallow(err)
		return nil
	}
	return err
}

// Stat implements vfs.File. Pebble asks for the size of a log that it uses again, and
// panics over an error.
func (f *walFile) Stat() (vfs.FileInfo, error) {
	info, err := f.File.Stat()
	if err == nil {
		return info, nil
	}
	f.fs.swallow(err)
	empty, err := vfs.NewMem().Create("wal", vfs.WriteCategoryUnspecified)
	return statAndClose(empty, err)
}

func statAndClose(f vfs.File, err error) (vfs.FileInfo, error) {
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	return info, errors.Join(err, f.Close())
}
