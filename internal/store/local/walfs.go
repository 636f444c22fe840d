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

// walFS is a file system on which a write-ahead log answers Sync as soon as the operating
// system has what was written. It reaches the disk with the next call of syncAll, or when
// it is closed. Other files are as on the one below.
//
// Pebble's own way to not wait for the disk, NoSync, is no way for us: it acknowledges
// while the record is still in a buffer of the process, and kill -9 loses it. A log that is
// closed is synced before Close returns, since Pebble opens the next one only then: what is
// lost with the power is always the end of the newest log, never a piece from the middle.
//
// It lies on a shadowFS, so that nothing fails here.
type walFS struct {
	vfs.FS

	mu   sync.Mutex
	open map[*walFile]struct{}
}

var _ vfs.FS = (*walFS)(nil)

func newWALFS(files vfs.FS) *walFS {
	return &walFS{FS: files, open: map[*walFile]struct{}{}}
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

// Unwrap implements vfs.FS.
func (w *walFS) Unwrap() vfs.FS { return w.FS }

func (w *walFS) wrap(name string, f vfs.File, err error) (vfs.File, error) {
	const logSuffix = ".log"
	if err != nil || filepath.Ext(name) != logSuffix {
		return f, err
	}
	wal := &walFile{File: f, fs: w}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open[wal] = struct{}{}
	return wal, nil
}

// syncAll brings what was written to the write-ahead logs to disk, at an interval until ctx
// ends.
func (l *Log) syncAll(ctx context.Context) {
	ticker := time.NewTicker(l.cfg.SyncInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if l.acquire() != nil {
			continue // It is being closed, or waits for the healer.
		}
		if err := l.wal.syncAll(); err != nil {
			l.disk.fail(err)
		}
		l.use.RUnlock()
	}
}

// syncAll brings everything that was written to disk.
func (w *walFS) syncAll() error {
	w.mu.Lock()
	files := slices.Collect(maps.Keys(w.open))
	w.mu.Unlock()
	for _, f := range files {
		if err := f.syncNow(); err != nil {
			return err
		}
	}
	return nil
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
	n, err := f.File.Write(p)
	f.dirty.Store(true) // behind the write: a sync in between would miss it
	return n, err
}

// SyncData implements vfs.File: what was written is the operating system's, and that is
// all.
func (f *walFile) SyncData() error { return nil }

// Sync implements vfs.File; see SyncData.
func (f *walFile) Sync() error { return nil }

// SyncTo implements vfs.File. It promises nothing.
func (f *walFile) SyncTo(int64) (fullSync bool, err error) { return false, nil }

// Close implements vfs.File.
func (f *walFile) Close() error {
	f.fs.mu.Lock()
	delete(f.fs.open, f)
	f.fs.mu.Unlock()
	err := f.syncNow()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	return errors.Join(err, f.File.Close())
}

// syncNow brings what was written to disk. If that fails, the file system below is broken,
// and it is not tried again: the data may be gone from the system's cache as well, and the
// next sync proves nothing.
func (f *walFile) syncNow() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed || !f.dirty.Swap(false) {
		return nil
	}
	return f.File.SyncData()
}
