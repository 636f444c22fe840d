package local

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

func openFaulty(t *testing.T, f *faulty, cfg Config) *Log {
	t.Helper()
	l, err := open(cfg, discard(), f.environment)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestFlakyDisk has a disk fail again and again, each time at another kind of operation,
// under writers and a follower. What was acknowledged is there once and in order, for the
// follower, for readers and after the log was opened again, and nothing else is.
func TestFlakyDisk(t *testing.T) {
	t.Parallel()
	for _, mode := range []SyncMode{Written, Fsync} {
		t.Run(mode.String(), func(t *testing.T) {
			f := newFaulty()
			cfg := Config{Dir: t.TempDir(), Sync: mode, SyncInterval: minSyncInterval, MemTableBytes: minMemTableBytes}
			l := openFaulty(t, f, cfg)
			followed := followAll(t, l)
			stored := appendOnFlakyDisk(t, l, f)
			checkLog(t, l, stored, nil)
			if err := l.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
			checkEntries(t, "followed", followed(), stored)
			checkLog(t, mustOpen(t, cfg), stored, nil)
		})
	}
}

// appendOnFlakyDisk appends from several goroutines while the disk fails now and then, and
// returns what was acknowledged, in order.
func appendOnFlakyDisk(t *testing.T, l *Log, f *faulty) []*entry.Entry {
	t.Helper()
	const writers, perWriter, faults = 4, 150, 25
	var mu sync.Mutex
	var stored []*entry.Entry
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range perWriter {
				// As many as fill a table now and then.
				entries := samples((w*perWriter+i)*100, 1+rand.N(100))
				appendWhenHealed(t, l, entries)
				mu.Lock()
				stored = append(stored, entries...)
				mu.Unlock()
			}
		})
	}
	written := doneWith(&wg)
	for i := range faults {
		for i%3 > 0 && l.failed() != nil { // otherwise the healing is met
			runtime.Gosched()
		}
		hit := make(chan struct{})
		inject := failSoon(hit)
		f.inject.Store(&inject)
		select {
		case <-hit:
		case <-written:
		}
		for range rand.N(5000) { // so that it is also met by what comes of it
			runtime.Gosched()
		}
		f.mend()
	}
	wg.Wait()
	slices.SortFunc(stored, func(a, b *entry.Entry) int { return int(a.Position) - int(b.Position) })
	return stored
}

func doneWith(wg *sync.WaitGroup) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		wg.Wait()
		close(done)
	}()
	return done
}

// failSoon returns what lets some operations that write pass and then fails all of them, as
// a disk does, and closes hit with the first.
func failSoon(hit chan struct{}) func(errorfs.Op) error {
	var once sync.Once
	var pass atomic.Int64
	pass.Store(rand.N[int64](60))
	return func(op errorfs.Op) error {
		if op.Kind.ReadOrWrite() == errorfs.OpIsRead || pass.Add(-1) >= 0 {
			return nil
		}
		once.Do(func() { close(hit) })
		return errDisk
	}
}

// followAll follows a log from its beginning, and returns what waits for its end and
// returns everything that was published.
func followAll(t *testing.T, l *Log) func() []*entry.Entry {
	t.Helper()
	var all []*entry.Entry
	var err error
	var wg sync.WaitGroup
	wg.Go(func() {
		err = l.Follow(t.Context(), 0, func(entries []*entry.Entry) { all = append(all, entries...) })
	})
	return func() []*entry.Entry {
		wg.Wait()
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("Follow: %v, want ErrClosed", err)
		}
		return all
	}
}

// TestLostLog removes from the disk what was not yet in a table, as a system may do whose
// sync failed: it is put back from memory.
func TestLostLog(t *testing.T) {
	f := newFaulty()
	cfg := Config{Dir: t.TempDir(), SyncInterval: maxSyncInterval}
	l := openFaulty(t, f, cfg)
	stored := samples(0, 500)
	if err := l.Append(t.Context(), stored); err != nil {
		t.Fatal(err)
	}
	f.fail(errDisk, "", errorfs.OpFileWrite)
	if err := l.Append(t.Context(), samples(500, 10)); !errors.Is(err, store.ErrFailed) {
		t.Fatalf("Append: %v, want ErrFailed", err)
	}
	logs, err := filepath.Glob(filepath.Join(cfg.Dir, blocksDir, "*.log"))
	if err != nil || len(logs) != 1 {
		t.Fatalf("the logs are %v: %v", logs, err)
	}
	if err := os.Truncate(logs[0], 0); err != nil {
		t.Fatal(err)
	}
	f.mend()
	stored = append(stored, appendWhenHealed(t, l, samples(500, 10))...)
	checkLog(t, l, stored, nil)
	closeLog(t, l)
	checkLog(t, mustOpen(t, cfg), stored, nil)
}

// TestUnreadableAtHealing checks that readers are told to try again where Pebble cannot be
// opened again at all, and that a follower waits.
func TestUnreadableAtHealing(t *testing.T) {
	f := newFaulty()
	l := openFaulty(t, f, Config{Dir: t.TempDir()})
	stored := samples(0, 100)
	if err := l.Append(t.Context(), stored); err != nil {
		t.Fatal(err)
	}
	inject := func(op errorfs.Op) error {
		if strings.Contains(op.Path, "MANIFEST") || strings.HasSuffix(op.Path, ".log") {
			return errDisk
		}
		return nil
	}
	f.inject.Store(&inject)
	if err := l.Append(t.Context(), samples(100, 1)); !errors.Is(err, store.ErrFailed) {
		t.Fatalf("Append: %v, want ErrFailed", err)
	}
	for {
		batch, err := l.Read(t.Context(), 0, 1<<20)
		if errors.Is(err, store.ErrFailed) && errors.Is(err, errDisk) {
			break
		}
		if err != nil || batch.Gap != nil || len(batch.Entries) != len(stored) {
			t.Fatalf("Read: %d entries, gap %v: %v", len(batch.Entries), batch.Gap, err)
		}
	}
	followed := followAll(t, l)
	f.mend()
	stored = append(stored, appendWhenHealed(t, l, samples(100, 1))...)
	checkLog(t, l, stored, nil)
	closeLog(t, l)
	if got := followed(); len(got) > 0 { // The log may have been closed before it came to that.
		checkEntries(t, "followed", got, stored[:len(got)])
	}
}

// TestBrokenAtStart checks that a log on a disk that fails is not opened, which says why.
func TestBrokenAtStart(t *testing.T) {
	for name, kinds := range map[string][]errorfs.OpKind{
		".sst": {errorfs.OpCreate}, ".log": {errorfs.OpFileWrite, errorfs.OpCreate}, "MANIFEST": {errorfs.OpFileWrite},
	} {
		t.Run(name, func(t *testing.T) {
			f, cfg := newFaulty(), Config{Dir: t.TempDir()}
			l := openFaulty(t, f, cfg)
			stored := samples(0, 100)
			if err := l.Append(t.Context(), stored); err != nil {
				t.Fatal(err)
			}
			copied := Config{Dir: t.TempDir()} // as if the process had been killed
			copyLog(t, l, copied.Dir)
			closeLog(t, l)
			f.fail(errDisk, name, kinds...)
			if _, err := open(copied, discard(), f.environment); !errors.Is(err, errDisk) ||
				!strings.Contains(err.Error(), strconv.Quote(copied.Dir)) && !strings.Contains(err.Error(), copied.Dir) {
				t.Errorf("Open: %v, want the fault of the disk and the directory", err)
			}
			f.mend()
			checkLog(t, mustOpen(t, copied), stored, nil)
		})
	}
}

// TestCloseBroken checks that a log whose disk fails is closed at once, also under writers,
// and has everything when it is opened again.
func TestCloseBroken(t *testing.T) {
	for _, name := range []string{".sst", ".log", "MANIFEST"} {
		f := newFaulty()
		cfg := Config{Dir: t.TempDir(), MemTableBytes: minMemTableBytes}
		l := openFaulty(t, f, cfg)
		f.fail(errDisk, name, errorfs.OpFileWrite, errorfs.OpCreate)
		stored, err := appendUntilError(t, l)
		if !errors.Is(err, store.ErrFailed) {
			t.Errorf("Append: %v, want ErrFailed", err)
		}
		if err := l.Close(); !errors.Is(err, errDisk) {
			t.Errorf("Close: %v, want the fault of the disk", err)
		}
		f.mend()
		again := mustOpen(t, cfg)
		batch, err := again.Read(t.Context(), 0, 1<<30)
		if err != nil || len(batch.Entries) < len(stored) {
			t.Fatalf("%d entries, want at least %d: %v", len(batch.Entries), len(stored), err)
		}
		checkEntries(t, "opened again", batch.Entries[:len(stored)], stored)
	}
}

// TestAnotherDirectory checks that a log does not go on in a directory that was put in the
// place of its own.
func TestAnotherDirectory(t *testing.T) {
	f, cfg := newFaulty(), Config{Dir: t.TempDir()}
	l := openFaulty(t, f, cfg)
	other := Config{Dir: t.TempDir()}
	closeLog(t, mustOpen(t, other))
	if err := os.Rename(filepath.Join(other.Dir, metaName), filepath.Join(cfg.Dir, metaName)); err != nil {
		t.Fatal(err)
	}
	if err := l.probe(); err == nil || !strings.Contains(err.Error(), "start again") {
		t.Errorf("probe: %v, want that another directory is there", err)
	}
	closeLog(t, l)
}
