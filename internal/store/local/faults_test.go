package local

import (
	"errors"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

var errDisk = errors.New("the disk is broken")

// faulty is a machine whose disk refuses what a test says.
type faulty struct {
	environment
	inject atomic.Pointer[func(errorfs.Op) error]
	usage  atomic.Pointer[vfs.DiskUsage]
}

func newFaulty() *faulty {
	f := &faulty{environment: machine()}
	f.healFirst = time.Millisecond
	f.files = &measuredFS{FS: errorfs.Wrap(vfs.Default, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if inject := f.inject.Load(); inject != nil {
			return (*inject)(op)
		}
		return nil
	})), usage: &f.usage}
	return f
}

// fail makes operations of these kinds fail on files with this in their name.
func (f *faulty) fail(err error, name string, kinds ...errorfs.OpKind) {
	inject := func(op errorfs.Op) error {
		for _, kind := range kinds {
			if op.Kind == kind && strings.Contains(filepath.Base(op.Path), name) {
				return err
			}
		}
		return nil
	}
	f.inject.Store(&inject)
}

func (f *faulty) mend() { f.inject.Store(nil) }

// measuredFS is a file system that is as full as a test says.
type measuredFS struct {
	vfs.FS
	usage *atomic.Pointer[vfs.DiskUsage]
}

func (m *measuredFS) GetDiskUsage(dir string) (vfs.DiskUsage, error) {
	if usage := m.usage.Load(); usage != nil {
		return *usage, nil
	}
	return m.FS.GetDiskUsage(dir)
}

// TestBrokenDisk checks that a disk that fails on writing stops the writing and nothing
// else, that writing goes on when it works again, and that everything is there that was
// acknowledged, and nothing that was refused.
func TestBrokenDisk(t *testing.T) {
	tests := map[string]struct {
		mode  SyncMode
		file  string
		kinds []errorfs.OpKind
	}{
		"write-ahead log, written": {Written, ".log", []errorfs.OpKind{errorfs.OpFileWrite}},
		"write-ahead log, fsync":   {Fsync, ".log", []errorfs.OpKind{errorfs.OpFileWrite}},
		"sync of the log, written": {Written, ".log", []errorfs.OpKind{errorfs.OpFileSync, errorfs.OpFileSyncData}},
		"sync of the log, fsync":   {Fsync, ".log", []errorfs.OpKind{errorfs.OpFileSync, errorfs.OpFileSyncData}},
		"directory of the log":     {Written, blocksDir, []errorfs.OpKind{errorfs.OpFileSync}},
		"new log":                  {Written, ".log", []errorfs.OpKind{errorfs.OpCreate, errorfs.OpReuseForWrite}},
		"manifest":                 {Written, "MANIFEST", []errorfs.OpKind{errorfs.OpFileWrite}},
		"table":                    {Written, ".sst", []errorfs.OpKind{errorfs.OpFileWrite}},
		"new table":                {Written, ".sst", []errorfs.OpKind{errorfs.OpCreate}},
		"sync of a table":          {Fsync, ".sst", []errorfs.OpKind{errorfs.OpFileSync, errorfs.OpFileSyncData}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f, cfg := newFaulty(), Config{Dir: t.TempDir(), Sync: test.mode, SyncInterval: minSyncInterval, MemTableBytes: minMemTableBytes}
			l, err := open(cfg, discard(), f.environment)
			if err != nil {
				t.Fatal(err)
			}
			f.fail(errDisk, test.file, test.kinds...)
			stored, err := appendUntilError(t, l)
			if !errors.Is(err, store.ErrFailed) || !errors.Is(err, errDisk) {
				t.Errorf("Append: %v, want ErrFailed and the fault of the disk", err)
			}
			if err := l.Append(t.Context(), samples(0, 1)); !errors.Is(err, store.ErrFailed) {
				t.Errorf("Append after the fault: %v, want ErrFailed", err)
			}
			if err := l.Health(); !errors.Is(err, store.ErrFailed) {
				t.Errorf("Health: %v, want ErrFailed", err)
			}
			if err := l.Retain(t.Context()); !errors.Is(err, store.ErrFailed) {
				t.Errorf("Retain: %v, want ErrFailed", err)
			}
			checkLog(t, l, stored, nil)
			f.mend()
			stored = append(stored, appendWhenHealed(t, l, samples(len(stored), 50))...)
			if err := l.Health(); err != nil {
				t.Errorf("Health when the disk works again: %v", err)
			}
			checkLog(t, l, stored, nil)
			closeLog(t, l)
			checkLog(t, mustOpen(t, cfg), stored, nil)
		})
	}
}

// appendWhenHealed tries to append until the log takes the entries.
func appendWhenHealed(t *testing.T, l *Log, entries []*entry.Entry) []*entry.Entry {
	t.Helper()
	for {
		switch err := l.Append(t.Context(), entries); {
		case err == nil:
			return entries
		case !errors.Is(err, store.ErrFailed):
			t.Fatalf("Append: %v, want ErrFailed until the disk works", err)
		}
		runtime.Gosched()
	}
}

// appendUntilError returns what was acknowledged before Append failed.
func appendUntilError(t *testing.T, l *Log) (stored []*entry.Entry, err error) {
	t.Helper()
	const enough = 100_000
	for len(stored) < enough {
		entries := samples(len(stored), 50)
		if err := l.Append(t.Context(), entries); err != nil {
			return stored, err
		}
		stored = append(stored, entries...)
	}
	return stored, nil
}

// TestFullDisk checks that entries are refused from the high-water mark on, and taken
// again below it.
func TestFullDisk(t *testing.T) {
	f := newFaulty()
	l, err := open(Config{Dir: t.TempDir()}, discard(), f.environment)
	if err != nil {
		t.Fatal(err)
	}
	defer closeLog(t, l)
	stored := samples(0, 10)
	if err := l.Append(t.Context(), stored); err != nil {
		t.Fatal(err)
	}
	f.usage.Store(&vfs.DiskUsage{TotalBytes: 1000 << 20, UsedBytes: 900 << 20, AvailBytes: 100 << 20})
	l.gate.forget()
	if err := l.Append(t.Context(), samples(10, 1)); !errors.Is(err, store.ErrFull) || !strings.Contains(err.Error(), "900 of 1000 MiB") {
		t.Errorf("Append on a disk that is full: %v, want ErrFull with figures", err)
	}
	if err := l.Health(); !errors.Is(err, store.ErrFull) {
		t.Errorf("Health on a disk that is full: %v, want ErrFull", err)
	}
	checkLog(t, l, stored, nil)
	f.usage.Store(&vfs.DiskUsage{TotalBytes: 1000 << 20, UsedBytes: 899 << 20, AvailBytes: 101 << 20})
	l.gate.forget()
	more := samples(10, 10)
	if err := l.Append(t.Context(), more); err != nil {
		t.Errorf("Append when there is room again: %v", err)
	}
	if err := l.Health(); err != nil {
		t.Errorf("Health when there is room again: %v", err)
	}
	checkLog(t, l, append(stored, more...), nil)
}

// TestNoSpaceLeft checks that a write that finds no room waits for some, that others are
// refused in the meantime, and that nothing is lost.
func TestNoSpaceLeft(t *testing.T) {
	for _, kinds := range [][]errorfs.OpKind{{errorfs.OpFileWrite}, {errorfs.OpCreate}} {
		f, cfg := newFaulty(), Config{Dir: t.TempDir(), Sync: Fsync, MemTableBytes: minMemTableBytes}
		l, err := open(cfg, discard(), f.environment)
		if err != nil {
			t.Fatal(err)
		}
		f.usage.Store(&vfs.DiskUsage{UsedBytes: 100})
		hit := make(chan struct{})
		inject := hitOnce(hit, kinds)
		f.inject.Store(&inject)
		// Measured before, so that the write is not refused at once.
		l.gate.lastAnswer, l.gate.measured = nil, time.Now().Add(time.Hour)
		var stored []*entry.Entry
		var wg sync.WaitGroup
		wg.Go(func() { stored = appendPast(t, l, hit) })
		<-hit
		for !l.gate.waiting.Load() {
			runtime.Gosched()
		}
		if err := l.Append(t.Context(), samples(0, 1)); !errors.Is(err, store.ErrFull) {
			t.Errorf("Append while there is no room: %v, want ErrFull", err)
		}
		if err := l.Health(); !errors.Is(err, store.ErrFull) {
			t.Errorf("Health while there is no room: %v, want ErrFull", err)
		}
		f.mend()
		f.usage.Store(&vfs.DiskUsage{AvailBytes: 100})
		wg.Wait()
		if err := l.Health(); err != nil {
			t.Errorf("Health when there is room again: %v", err)
		}
		closeLog(t, l)
		checkLog(t, mustOpen(t, cfg), stored, nil)
	}
}

// TestTableFindsNoRoom checks that a table that cannot be synced for lack of room is
// written again.
func TestTableFindsNoRoom(t *testing.T) {
	f, cfg := newFaulty(), Config{Dir: t.TempDir(), MemTableBytes: minMemTableBytes}
	l, err := open(cfg, discard(), f.environment)
	if err != nil {
		t.Fatal(err)
	}
	var failures atomic.Int64
	inject := func(op errorfs.Op) error {
		if op.Kind == errorfs.OpFileSyncData && strings.HasSuffix(op.Path, ".sst") && failures.Add(1) <= 2 {
			return syscall.ENOSPC
		}
		return nil
	}
	f.inject.Store(&inject)
	var stored []*entry.Entry
	for failures.Load() < 5 {
		entries := samples(len(stored), 200)
		if err := l.Append(t.Context(), entries); err != nil {
			t.Fatal(err)
		}
		stored = append(stored, entries...)
	}
	checkLog(t, l, stored, nil)
	closeLog(t, l)
	checkLog(t, mustOpen(t, cfg), stored, nil)
}

// hitOnce returns what fails with ENOSPC, and closes hit with the first time.
func hitOnce(hit chan struct{}, kinds []errorfs.OpKind) func(errorfs.Op) error {
	var once sync.Once
	return func(op errorfs.Op) error {
		for _, kind := range kinds {
			if op.Kind == kind && !strings.Contains(op.Path, metaName) {
				once.Do(func() { close(hit) })
				return syscall.ENOSPC
			}
		}
		return nil
	}
}

// appendPast appends until some time after hit was closed.
func appendPast(t *testing.T, l *Log, hit <-chan struct{}) (stored []*entry.Entry) {
	t.Helper()
	for past := 0; past < 5; {
		entries := samples(len(stored), 50)
		if err := l.Append(t.Context(), entries); errors.Is(err, store.ErrFull) {
			continue
		} else if err != nil {
			t.Error(err)
			return stored
		}
		stored = append(stored, entries...)
		select {
		case <-hit:
			past++
		default:
		}
	}
	return stored
}

func closeLog(t *testing.T, l *Log) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}
