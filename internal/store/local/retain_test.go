package local

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// TestRetainBySize appends ten times of what may be kept.
func TestRetainBySize(t *testing.T) {
	const maxBytes = 8 * minMemTableBytes
	l := mustOpen(t, Config{Dir: t.TempDir(), MemTableBytes: minMemTableBytes, MaxBytes: maxBytes})
	var stored []*entry.Entry
	for appended := 0; appended < 10*maxBytes; {
		entries := samples(len(stored), 500)
		if err := l.Append(t.Context(), entries); err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			appended += len(e.Wire()) / 3 // They compress better than that.
		}
		stored = append(stored, entries...)
		before := l.Bounds()
		if err := l.Retain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if b := l.Bounds(); b.Floor < before.Floor || b.Head != before.Head {
			t.Fatalf("retention moved the bounds from %+v to %+v", before, b)
		}
	}
	if err := l.db.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := l.Retain(t.Context()); err != nil {
		t.Fatal(err)
	}
	// A table is not larger than what is in memory before it is written.
	if _, total, err := l.tables(); err != nil || total > maxBytes || total < maxBytes-2*minMemTableBytes {
		t.Errorf("the files are of %d bytes, want %d or a little less: %v", total, maxBytes, err)
	}
	checkLog(t, l, stored[l.Bounds().Floor:], nil)
}

// TestRetainAtInterval checks that old entries vanish by themselves, once they are too
// old and no sooner.
func TestRetainAtInterval(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		l, err := Open(Config{Dir: dir, MaxAge: time.Hour, RetentionInterval: time.Minute}, discard())
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Append(t.Context(), samples(0, 10)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(59 * time.Minute)
		synctest.Wait()
		if b := l.Bounds(); b.Floor != 0 {
			t.Errorf("after 59 minutes the floor is %d, want 0", b.Floor)
		}
		time.Sleep(2*time.Minute + time.Second)
		synctest.Wait()
		if b := l.Bounds(); b.Floor != 10 {
			t.Errorf("after 61 minutes the floor is %d, want 10", b.Floor)
		}
		closeLog(t, l)
	})
}

// TestRetainInterrupted ends the process between the two steps of a removal: the floor
// is in the file, the entries are still there.
func TestRetainInterrupted(t *testing.T) {
	cfg := Config{Dir: t.TempDir(), MaxAge: time.Hour}
	env := machine()
	l, err := open(cfg, discard(), env)
	if err != nil {
		t.Fatal(err)
	}
	var stored []*entry.Entry
	for i := range 10 {
		stored = append(stored, samples(i*10, 10)...)
		if err := l.Append(t.Context(), stored[i*10:]); err != nil {
			t.Fatal(err)
		}
	}
	m := l.meta.Load().withFloor(50)
	closeLog(t, l)
	if err := m.save(env.files, cfg.Dir); err != nil {
		t.Fatal(err)
	}
	ahead := time.Duration(0)
	env.now = func() time.Time { return time.Now().Add(ahead) }
	if l, err = open(cfg, discard(), env); err != nil {
		t.Fatal(err)
	}
	defer closeLog(t, l)
	checkLog(t, l, stored[50:], nil)
	batch, err := l.Read(t.Context(), 20, 1)
	if err != nil || batch.Gap == nil || *batch.Gap != (store.Gap{Reason: store.Retention, Entries: 30}) {
		t.Errorf("Read behind what was removed: %+v, %v", batch.Gap, err)
	}
	ahead = 2 * time.Hour
	if err := l.Retain(t.Context()); err != nil {
		t.Fatal(err)
	}
	it, err := l.db.NewIter(nil)
	if err != nil {
		t.Fatal(err)
	}
	if it.First() {
		t.Errorf("after everything was removed, there is still a block at %v", it.Key())
	}
	if err := it.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOpenErrors(t *testing.T) {
	t.Run("locked", func(t *testing.T) {
		cfg := Config{Dir: t.TempDir()}
		mustOpen(t, cfg)
		if _, err := Open(cfg, discard()); !errors.Is(err, store.ErrLocked) {
			t.Errorf("Open of a log that is open: %v, want ErrLocked", err)
		}
	})
	t.Run("not a directory", func(t *testing.T) {
		name := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		wantError(t, Config{Dir: name}, "cannot be made")
	})
	t.Run("damaged meta", func(t *testing.T) {
		cfg := Config{Dir: t.TempDir()}
		closeLog(t, mustOpen(t, cfg))
		name := filepath.Join(cfg.Dir, metaName)
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text[20] ^= 1
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
		wantError(t, cfg, "logsieve.meta is damaged")
	})
	t.Run("everything wrong", func(t *testing.T) {
		cfg := Config{Sync: 9, SyncInterval: 1, MaxAge: -1, RetentionInterval: -1, DiskHighWater: 2, MemTableBytes: 1, MaxBytes: 1, CacheBytes: -1}
		for _, name := range []string{"Dir", "Sync is", "SyncInterval", "MaxAge", "RetentionInterval", "DiskHighWater", "MemTableBytes", "MaxBytes", "CacheBytes"} {
			wantError(t, cfg, name)
		}
	})
}

// TestNewEpoch removes the file that says which log it is: the way to make all cursors
// invalid that were given before a log was put back from a copy.
func TestNewEpoch(t *testing.T) {
	cfg := Config{Dir: t.TempDir()}
	l := mustOpen(t, cfg)
	stored := samples(0, 10)
	if err := l.Append(t.Context(), stored); err != nil {
		t.Fatal(err)
	}
	closeLog(t, l)
	if err := os.Remove(filepath.Join(cfg.Dir, metaName)); err != nil {
		t.Fatal(err)
	}
	again := mustOpen(t, cfg)
	if _, err := again.Epoch().ParseCursor(l.Epoch().Cursor(5)); !errors.Is(err, store.ErrCursorEpoch) {
		t.Errorf("a cursor from before: %v, want ErrCursorEpoch", err)
	}
	checkLog(t, again, stored, nil)
}
