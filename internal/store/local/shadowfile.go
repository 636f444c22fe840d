package local

import (
	"errors"
	"syscall"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// shadowFile is a file on the disk that is only written while Pebble has it open, or a
// directory: once the disk is broken, what is written to it goes nowhere.
type shadowFile struct {
	vfs.File
	fs *shadowFS
}

// Write implements vfs.File.
func (f *shadowFile) Write(p []byte) (int, error) {
	f.fs.change(func() error { _, err := f.File.Write(p); return err })
	return len(p), nil
}

// WriteAt implements vfs.File.
func (f *shadowFile) WriteAt(p []byte, offset int64) (int, error) {
	f.fs.change(func() error { _, err := f.File.WriteAt(p, offset); return err })
	return len(p), nil
}

// Sync implements vfs.File.
func (f *shadowFile) Sync() error {
	f.fs.change(f.File.Sync)
	return nil
}

// SyncData implements vfs.File.
func (f *shadowFile) SyncData() error {
	f.fs.change(f.File.SyncData)
	return nil
}

// SyncTo implements vfs.File. It promises nothing, and so it may fail.
func (f *shadowFile) SyncTo(length int64) (fullSync bool, err error) {
	fullSync, err = f.File.SyncTo(length)
	return fullSync && err == nil, nil // Sync finds the fault.
}

// Preallocate implements vfs.File. It is a hint.
func (f *shadowFile) Preallocate(offset, length int64) error {
	_ = f.File.Preallocate(offset, length) // Write finds the fault.
	return nil
}

// Stat implements vfs.File. Pebble asks for the size of a log that it uses again, and
// panics over an error.
func (f *shadowFile) Stat() (vfs.FileInfo, error) {
	info, err := f.File.Stat()
	if err == nil {
		return info, nil
	}
	f.fs.fail(err)
	empty, err := vfs.NewMem().Create("empty", vfs.WriteCategoryUnspecified)
	if err != nil {
		return nil, err
	}
	info, err = empty.Stat()
	return info, errors.Join(err, empty.Close())
}

// Close implements vfs.File. A file of a broken disk is closed all the same.
func (f *shadowFile) Close() error {
	if err := f.File.Close(); err != nil {
		f.fs.fail(err)
	}
	return nil
}

// shadowTable is a table on the disk while it is being written.
type shadowTable struct {
	vfs.File
	fs *shadowFS
}

// try does something to the table, unless the disk is broken.
func (f *shadowTable) try(do func() error) error {
	if f.fs.broken() {
		return errShadowed
	}
	err := do()
	if err != nil && !errors.Is(err, syscall.ENOSPC) { // tried again, see gateFS.pause
		f.fs.fail(err)
	}
	return err
}

// Write implements vfs.File.
func (f *shadowTable) Write(p []byte) (n int, err error) {
	err = f.try(func() error { n, err = f.File.Write(p); return err })
	return n, err
}

// Sync implements vfs.File.
func (f *shadowTable) Sync() error { return f.try(f.File.Sync) }

// SyncData implements vfs.File.
func (f *shadowTable) SyncData() error { return f.try(f.File.SyncData) }

// SyncTo implements vfs.File.
func (f *shadowTable) SyncTo(length int64) (fullSync bool, err error) {
	err = f.try(func() error { fullSync, err = f.File.SyncTo(length); return err })
	return fullSync, err
}
