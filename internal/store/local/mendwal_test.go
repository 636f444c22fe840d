package local

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// TestDamagedInTheMiddleOfTheWAL changes a byte so far from the end of a write-ahead log
// that Pebble can tell it from an end, and refuses to open it. The log is opened without
// what is behind the damage, which readers are told; no position is given twice, also
// where the recorded head is older than the end.
func TestDamagedInTheMiddleOfTheWAL(t *testing.T) {
	const blocks = 200
	l := mustOpen(t, Config{Dir: t.TempDir()})
	var stored []*entry.Entry
	for i := range blocks {
		stored = append(stored, samples(i*perBlock, perBlock)...)
		if err := l.Append(t.Context(), stored[i*perBlock:]); err != nil {
			t.Fatal(err)
		}
	}
	logs, err := filepath.Glob(filepath.Join(l.cfg.Dir, blocksDir, "*.log"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("the logs are %v: %v", logs, err)
	}
	newest := logs[len(logs)-1]
	whole, err := os.ReadFile(newest)
	if err != nil {
		t.Fatal(err)
	}
	// The head of a log that is open is written every second: it is overwritten in the copies.
	damage := func(recorded entry.Position) Config {
		damaged := slices.Clone(whole)
		damaged[len(whole)/3] ^= 0x10
		cfg := Config{Dir: t.TempDir()}
		copyLog(t, l, cfg.Dir)
		name := filepath.Join(cfg.Dir, blocksDir, filepath.Base(newest))
		if err := os.WriteFile(name, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		head, _, err := openHeadFile(l.env.files, cfg.Dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := head.write(recorded); err != nil {
			t.Fatal(err)
		}
		if err := head.file.Close(); err != nil {
			t.Fatal(err)
		}
		return cfg
	}
	last := stored[len(stored)-1].Position
	cfg := damage(last)
	if lost := checkTorn(t, cfg, stored); lost == 0 || lost == blocks {
		t.Errorf("%d of %d blocks are lost", lost, blocks)
	}
	kept, err := filepath.Glob(filepath.Join(cfg.Dir, blocksDir, "*"+damagedSuffix))
	if err != nil || len(kept) != 1 {
		t.Errorf("the damaged log was not kept: %v, %v", kept, err)
	}

	again := mustOpen(t, damage(last/2))
	more := samples(0, 1)
	if err := again.Append(t.Context(), more); err != nil || more[0].Position <= last {
		t.Errorf("Append behind lost entries: position %d, %v; want one above %d", more[0].Position, err, last)
	}
	if n := again.Entries(0, again.Bounds().Head); n > uint64(last)+1 {
		t.Errorf("%d entries were stored, want at most %d", n, last+1)
	}
}
