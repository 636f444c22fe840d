package local

import (
	"context"
	"errors"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// unreadableLog returns a log in one table, the middle of which the disk does not give, what
// it holds, and what puts its clock forward.
func unreadableLog(t *testing.T, f *faulty) (l *Log, stored []*entry.Entry, wait func(time.Duration)) {
	t.Helper()
	var ahead atomic.Int64
	f.now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	l = openFaulty(t, f, Config{Dir: t.TempDir(), CacheBytes: 1})
	t.Cleanup(func() { closeLog(t, l) })
	const blocks = 60
	for i := range blocks {
		entries := samples(i*perBlock, perBlock)
		if err := l.Append(t.Context(), entries); err != nil {
			t.Fatal(err)
		}
		stored = append(stored, entries...)
	}
	if err := l.db.Flush(); err != nil {
		t.Fatal(err)
	}
	_, bytes, err := l.tables()
	if err != nil {
		t.Fatal(err)
	}
	middle := int64(bytes) / 4 // The write-ahead log counts, too.
	inject := func(op errorfs.Op) error {
		if op.Kind == errorfs.OpFileReadAt && op.Offset < middle && op.Offset > middle/2 {
			return syscall.EIO
		}
		return nil
	}
	f.inject.Store(&inject)
	return l, stored, func(d time.Duration) { ahead.Add(int64(d)) }
}

// TestUnreadable checks that what the disk does not give is an error for readers, who try
// again, and no damage: when the disk works again, everything is read.
func TestUnreadable(t *testing.T) {
	f := newFaulty()
	l, stored, _ := unreadableLog(t, f)
	for range 3 {
		read, err := readUntilError(t, l)
		if !errors.Is(err, store.ErrFailed) || !errors.Is(err, syscall.EIO) || len(read) == 0 || len(read) == len(stored) {
			t.Fatalf("Read: %d entries and then %v, want ErrFailed in the middle", len(read), err)
		}
		checkEntries(t, "before the fault", read, stored[:len(read)])
	}
	if _, err := readBackUntilError(t.Context(), l); !errors.Is(err, store.ErrFailed) {
		t.Errorf("ReadBackward: %v, want ErrFailed", err)
	}
	if _, err := l.PositionAt(t.Context(), time.Now().Add(-time.Millisecond)); err != nil && !errors.Is(err, store.ErrFailed) {
		t.Errorf("PositionAt: %v, want ErrFailed if it meets the fault", err)
	}
	f.mend()
	checkLog(t, l, stored, nil)
	if err := l.Health(); err != nil {
		t.Errorf("Health: %v", err)
	}
}

// TestBadSector checks that what the disk does not give for good passes for damage, for as
// long as that is so.
func TestBadSector(t *testing.T) {
	f := newFaulty()
	l, stored, wait := unreadableLog(t, f)
	if _, err := readUntilError(t, l); !errors.Is(err, store.ErrFailed) {
		t.Fatalf("Read: %v, want ErrFailed", err)
	}
	if _, err := readBackUntilError(t.Context(), l); !errors.Is(err, store.ErrFailed) {
		t.Fatalf("ReadBackward: %v, want ErrFailed", err)
	}
	wait(outageLasts)
	read, err := readUntilError(t, l)
	if err != nil || len(read) == 0 || len(read) == len(stored) {
		t.Fatalf("Read of a bad sector: %d entries of %d, %v", len(read), len(stored), err)
	}
	back, err := readBackUntilError(t.Context(), l)
	if err != nil || back != len(read) {
		t.Errorf("ReadBackward of a bad sector: %d entries, %v, want as many as forward, %d", back, err, len(read))
	}
	f.mend()
	checkLog(t, l, stored, nil)
}

// readUntilError reads a log to its end or the first error. Each entry is read or in a gap.
func readUntilError(t *testing.T, l *Log) (all []*entry.Entry, err error) {
	t.Helper()
	counted := uint64(0)
	for after := entry.Position(0); after < l.Bounds().Head; {
		batch, err := l.Read(t.Context(), after, 1<<12)
		if err != nil {
			return all, err
		}
		if counted += uint64(len(batch.Entries)); batch.Gap != nil {
			counted += batch.Gap.Entries
		}
		all, after = append(all, batch.Entries...), batch.Through
	}
	if head := uint64(l.Bounds().Head); counted != head {
		t.Errorf("%d entries were read or told of, want %d", counted, head)
	}
	return all, nil
}

func readBackUntilError(ctx context.Context, l *Log) (n int, err error) {
	for before := l.Bounds().Head + 1; before > 1; {
		batch, err := l.ReadBackward(ctx, before, 1<<12)
		if err != nil {
			return n, err
		}
		n, before = n+len(batch.Entries), batch.After+1
	}
	return n, nil
}
