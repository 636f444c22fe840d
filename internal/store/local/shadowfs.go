package local

import (
	"errors"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// shadowFS is the file system of one opening of Pebble's, which never sees a fault of the
// disk. With the first one the file system is broken for good: what is on the disk stays
// as it is, and whatever Pebble does from then on is done in memory alone. The log is told
// at once, acknowledges nothing more, and opens Pebble again when the disk works.
//
// Pebble was not made to go on: over a fault of a write-ahead log or a manifest it ends the
// process, or panics with a mutex in a state in which that cannot be recovered; and a table
// that cannot be written it writes again, at once and for ever, while writers that wait for
// room, a Close and even an Open wait with it. All of that goes on as if nothing had
// happened here, and what was read before the fault can be read after it. It costs the
// memory of the tables that were not written: nothing is added to them any more.
type shadowFS struct {
	vfs.FS // the disk, with the gate in front of it

	gate   *gateFS
	failed func(error)
	memory *vfs.MemFS
	cause  atomic.Pointer[error]
	// tables is how many were made in memory.
	tables atomic.Int32
}

// shadowTables is how many tables are made in memory at once: more than Pebble has still to
// write. What goes on beyond that is not for the disk, and waits a moment for each.
const shadowTables = 16

var _ vfs.FS = (*shadowFS)(nil)

// errShadowed is what becomes of a table that was begun on the disk when the disk broke. It
// is read again, so it has to be whole: Pebble makes it anew, in memory.
var errShadowed = errors.New("the file is given up: the disk failed")

// newShadowFS returns a file system that tells failed of the first fault. failed must not
// block.
func newShadowFS(gate *gateFS, failed func(error)) *shadowFS {
	return &shadowFS{FS: gate, gate: gate, failed: failed, memory: vfs.NewMem()}
}

// fail breaks the file system. The first cause stays.
func (s *shadowFS) fail(cause error) {
	if s.cause.CompareAndSwap(nil, &cause) {
		s.failed(cause)
	}
}

// failure returns why the file system is broken, or nil.
func (s *shadowFS) failure() error {
	if cause := s.cause.Load(); cause != nil {
		return *cause
	}
	return nil
}

func (s *shadowFS) broken() bool { return s.cause.Load() != nil }

// swallow breaks the file system if there was a fault.
func (s *shadowFS) swallow(err error) {
	if err != nil {
		s.fail(err)
	}
}

// change does something to the disk, unless it is broken.
func (s *shadowFS) change(do func() error) {
	if !s.broken() {
		s.swallow(do())
	}
}

// isTable tells whether a file is one that Pebble reads again while it has it open.
func isTable(name string) bool { return filepath.Ext(name) == ".sst" }

// Create implements vfs.FS.
func (s *shadowFS) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	return s.create(name, func() (vfs.File, error) { return s.FS.Create(name, category) })
}

// ReuseForWrite implements vfs.FS.
func (s *shadowFS) ReuseForWrite(oldname, newname string, category vfs.DiskWriteCategory) (vfs.File, error) {
	return s.create(newname, func() (vfs.File, error) { return s.FS.ReuseForWrite(oldname, newname, category) })
}

// OpenReadWrite implements vfs.FS.
func (s *shadowFS) OpenReadWrite(name string, category vfs.DiskWriteCategory, opts ...vfs.OpenOption) (vfs.File, error) {
	return s.create(name, func() (vfs.File, error) { return s.FS.OpenReadWrite(name, category, opts...) })
}

func (s *shadowFS) create(name string, onDisk func() (vfs.File, error)) (vfs.File, error) {
	if !s.broken() {
		f, err := onDisk()
		if err == nil {
			return s.wrap(name, f), nil
		}
		if isTable(name) && errors.Is(err, syscall.ENOSPC) {
			return nil, err // tried again, see gateFS.pause
		}
		s.fail(err)
	} else if isTable(name) && s.tables.Add(1) > shadowTables {
		if err := s.gate.admitTable(); err != nil {
			return nil, err
		}
	}
	if err := s.memory.MkdirAll(s.PathDir(name), 0o700); err != nil {
		return nil, err
	}
	return s.memory.Create(name, vfs.WriteCategoryUnspecified)
}

func (s *shadowFS) wrap(name string, f vfs.File) vfs.File {
	if isTable(name) {
		return &shadowTable{File: f, fs: s}
	}
	return &shadowFile{File: f, fs: s}
}

// Open implements vfs.FS.
func (s *shadowFS) Open(name string, opts ...vfs.OpenOption) (vfs.File, error) {
	if s.inMemory(name) {
		return s.memory.Open(name, opts...)
	}
	return s.FS.Open(name, opts...)
}

// OpenDir implements vfs.FS.
func (s *shadowFS) OpenDir(name string) (vfs.File, error) {
	f, err := s.FS.OpenDir(name)
	if err != nil {
		return nil, err
	}
	return &shadowFile{File: f, fs: s}, nil
}

// Stat implements vfs.FS.
func (s *shadowFS) Stat(name string) (vfs.FileInfo, error) {
	if s.inMemory(name) {
		return s.memory.Stat(name)
	}
	return s.FS.Stat(name)
}

// List implements vfs.FS.
func (s *shadowFS) List(dir string) ([]string, error) {
	names, err := s.FS.List(dir)
	if err != nil || !s.broken() {
		return names, err
	}
	more, err := s.memory.List(dir)
	if err != nil {
		return names, nil //nolint:nilerr // Nothing was made in memory in that directory.
	}
	names = append(names, more...)
	slices.Sort(names)
	return slices.Compact(names), nil
}

// inMemory tells whether a file was made after the fault.
func (s *shadowFS) inMemory(name string) bool {
	if !s.broken() {
		return false
	}
	_, err := s.memory.Stat(name)
	return err == nil
}

// Remove implements vfs.FS. A file that stays where it is does no harm.
func (s *shadowFS) Remove(name string) error {
	switch {
	case s.inMemory(name):
		return s.memory.Remove(name)
	case s.broken():
		return nil
	}
	return s.FS.Remove(name)
}

// RemoveAll implements vfs.FS.
func (s *shadowFS) RemoveAll(name string) error {
	if s.broken() {
		return nil
	}
	return s.FS.RemoveAll(name)
}

// Rename implements vfs.FS.
func (s *shadowFS) Rename(oldname, newname string) error {
	if s.inMemory(oldname) {
		return s.memory.Rename(oldname, newname)
	}
	s.change(func() error { return s.FS.Rename(oldname, newname) })
	return nil
}

// Link implements vfs.FS.
func (s *shadowFS) Link(oldname, newname string) error {
	if s.inMemory(oldname) {
		return s.memory.Link(oldname, newname)
	}
	s.change(func() error { return s.FS.Link(oldname, newname) })
	return nil
}

// Unwrap implements vfs.FS.
func (s *shadowFS) Unwrap() vfs.FS { return s.FS }
