package local

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/cockroachdb/pebble/v2"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// perBlock is how many entries the blocks of these tests have: enough for Pebble to put
// each into a block of its own.
const perBlock = 50

// fileOfBlocks returns a log that is one table of 20 blocks, and its entries.
func fileOfBlocks(t *testing.T, cfg Config) (*Log, []*entry.Entry) {
	t.Helper()
	l := mustOpen(t, cfg)
	var stored []*entry.Entry
	for i := range 20 {
		entries := samples(i*perBlock, perBlock)
		if err := l.Append(t.Context(), entries); err != nil {
			t.Fatal(err)
		}
		stored = append(stored, entries...)
	}
	if err := l.db.Flush(); err != nil {
		t.Fatal(err)
	}
	return l, stored
}

// TestDamagedBlock changes and removes blocks behind the back of the log.
func TestDamagedBlock(t *testing.T) {
	t.Parallel()
	flip := func(at int) func([]byte) []byte {
		return func(b []byte) []byte { b[at] ^= 4; return b }
	}
	damage := map[string]func(value []byte) []byte{
		"version":       flip(0),
		"codec":         flip(1),
		"count":         flip(2),
		"commit time":   flip(12),
		"payload's sum": flip(20),
		"header's sum":  flip(24),
		"payload":       flip(500),
		"cut":           func(b []byte) []byte { return b[:100] },
		"header cut":    func(b []byte) []byte { return b[:10] },
		"empty":         func([]byte) []byte { return nil },
		"missing":       nil,
	}
	places := map[string][]stretch{
		"first":      {{1, 50}},
		"one":        {{351, 400}},
		"neighbours": {{351, 400}, {401, 450}},
		"last":       {{951, 1000}},
		"several":    {{1, 50}, {501, 550}, {951, 1000}},
	}
	for what, change := range damage {
		for where, gaps := range places {
			t.Run(what+"/"+where, func(t *testing.T) {
				l, stored := fileOfBlocks(t, Config{Dir: t.TempDir()})
				for _, g := range gaps {
					changeBlock(t, l, g.from, change)
				}
				want := without(stored, gaps)
				if where == "neighbours" && change == nil {
					gaps = []stretch{{351, 450}}
				}
				checkLog(t, l, want, gaps)
			})
		}
	}
}

func changeBlock(t *testing.T, l *Log, first entry.Position, change func([]byte) []byte) {
	t.Helper()
	key := blockKey(first)
	if change == nil {
		if err := l.db.Delete(key, pebble.Sync); err != nil {
			t.Fatal(err)
		}
		return
	}
	value, closer, err := l.db.Get(key)
	if err != nil {
		t.Fatal(err)
	}
	changed := change(slices.Clone(value))
	if err := closer.Close(); err != nil {
		t.Fatal(err)
	}
	if err := l.db.Set(key, changed, pebble.Sync); err != nil {
		t.Fatal(err)
	}
}

// TestDamagedTable changes bytes of a file of Pebble's, all over it, one place at a
// time: each time, each entry must be read or be in a gap, and most must be read.
func TestDamagedTable(t *testing.T) {
	t.Parallel()
	cfg := Config{Dir: t.TempDir()}
	l, stored := fileOfBlocks(t, cfg)
	closeLog(t, l)
	tables, err := filepath.Glob(filepath.Join(cfg.Dir, blocksDir, "*.sst"))
	if err != nil || len(tables) != 1 {
		t.Fatalf("the tables are %v: %v", tables, err)
	}
	whole, err := os.ReadFile(tables[0])
	if err != nil {
		t.Fatal(err)
	}
	const places = 24
	exact := 0
	for i := range places {
		damaged := slices.Clone(whole)
		damaged[(len(whole)-1)*i/(places-1)] ^= 0x10
		cfg := Config{Dir: t.TempDir()}
		copyLog(t, l, cfg.Dir)
		if err := os.WriteFile(filepath.Join(cfg.Dir, blocksDir, filepath.Base(tables[0])), damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if checkTorn(t, cfg, stored) == 1 {
			exact++
		}
	}
	if exact < places*3/4 {
		t.Errorf("in %d cases of %d, exactly one block was lost", exact, places)
	}
}

// copyLog copies the files of a log as they are.
func copyLog(t *testing.T, l *Log, dir string) {
	t.Helper()
	if err := os.CopyFS(dir, os.DirFS(l.cfg.Dir)); err != nil {
		t.Fatal(err)
	}
}

// checkTorn opens a damaged log, checks that each entry is read or in a gap, in both
// directions alike, and returns how many blocks are lost. Which direction finds
// the damage must not matter, so it is forgotten in between.
func checkTorn(t *testing.T, cfg Config, stored []*entry.Entry) int {
	t.Helper()
	l, err := Open(cfg, discard())
	if err != nil {
		t.Fatalf("a log with a damaged table does not open: %v", err)
	}
	defer closeLog(t, l)
	lost := 0
	var gaps []stretch
	for after := entry.Position(0); after < l.Bounds().Head; {
		batch, err := l.Read(t.Context(), after, 1<<30)
		if err != nil || batch.Through <= after {
			t.Fatalf("Read(%d): %+v, %v", after, batch, err)
		}
		gaps = append(gaps, gapOf(t, batch)...)
		after = batch.Through
	}
	for _, g := range gaps {
		lost += int(g.to-g.from+1) / perBlock
	}
	l.damage.forget()
	before := slices.Clone(gaps)
	slices.Reverse(before)
	for upTo := l.Bounds().Head + 1; upTo > 1; {
		batch, err := l.ReadBackward(t.Context(), upTo, 1<<30)
		if err != nil || batch.After >= upTo-1 {
			t.Fatalf("ReadBackward(%d): %+v, %v", upTo, batch, err)
		}
		if batch.Gap != nil && len(before) > 0 && batch.After == before[0].from-1 && batch.Through == before[0].to {
			before = before[1:]
		}
		upTo = batch.After + 1
	}
	if len(before) > 0 {
		t.Errorf("backward, these gaps are not found: %v", before)
	}
	checkLog(t, l, without(stored, gaps), gaps)
	more := samples(0, 10)
	if err := l.Append(t.Context(), more); err != nil || more[0].Position <= stored[len(stored)-1].Position {
		t.Errorf("Append to a damaged log: position %d, %v", more[0].Position, err)
	}
	return lost
}

// TestDamagedWAL changes bytes of a write-ahead log, as a crash left it, one place at a
// time. It may cost what is behind the place, but readers must be told.
func TestDamagedWAL(t *testing.T) {
	l := mustOpen(t, Config{Dir: t.TempDir()})
	var stored []*entry.Entry
	for i := range 20 {
		stored = append(stored, samples(i*perBlock, perBlock)...)
		if err := l.Append(t.Context(), stored[i*perBlock:]); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.headFile.write(l.Bounds().Head); err != nil {
		t.Fatal(err)
	}
	logs, err := filepath.Glob(filepath.Join(l.cfg.Dir, blocksDir, "*.log"))
	if err != nil || len(logs) != 1 {
		t.Fatalf("the logs are %v: %v", logs, err)
	}
	whole, err := os.ReadFile(logs[0])
	if err != nil {
		t.Fatal(err)
	}
	const places = 12
	for i := range places {
		damaged := slices.Clone(whole)
		damaged[(len(whole)-1)*i/(places-1)] ^= 0x10
		cfg := Config{Dir: t.TempDir()}
		copyLog(t, l, cfg.Dir)
		if err := os.WriteFile(filepath.Join(cfg.Dir, blocksDir, filepath.Base(logs[0])), damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		checkTorn(t, cfg, stored)
	}
}
