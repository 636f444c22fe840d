package local

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// killDir names the directory to the child of TestKill.
const killDir = "LOGSIEVE_TEST_KILL_DIR"

const killWriters = 4

// TestKill appends in a process of its own, kills it with SIGKILL at any moment, several
// times on the same directory, and checks that everything is there that was acknowledged.
func TestKill(t *testing.T) {
	if dir := os.Getenv(killDir); dir != "" {
		appendUntilKilled(t, dir)
		return
	}
	for _, mode := range []SyncMode{Written, Fsync} {
		t.Run(mode.String(), func(t *testing.T) {
			dir := t.TempDir()
			acknowledged := make([]int, killWriters)
			for round := range 5 {
				runAndKill(t, dir, mode, 50+round*700, acknowledged)
				checkAcknowledged(t, dir, acknowledged)
			}
		})
	}
}

// appendUntilKilled is the child: it appends, each writer numbering on from what is
// there, and prints what was acknowledged.
func appendUntilKilled(t *testing.T, dir string) {
	t.Helper()
	mode := Written
	if os.Getenv(killDir+"_FSYNC") != "" {
		mode = Fsync
	}
	// Small tables, so that it dies while one is written, too.
	l := mustOpen(t, Config{Dir: dir, Sync: mode, MemTableBytes: minMemTableBytes})
	next := countByWriter(t, l)
	var wg sync.WaitGroup
	for w := range killWriters {
		wg.Go(func() {
			for n := next[w]; ; n++ {
				e := sample(n)
				e.Service, e.Message = strconv.Itoa(w), strconv.Itoa(n)
				if err := l.Append(t.Context(), []*entry.Entry{e, sample(n), sample(n + 1)}); err != nil {
					t.Error(err)
					return
				}
				fmt.Fprintf(os.Stdout, "%d %d\n", w, n) // one write(2)
			}
		})
	}
	wg.Wait()
}

// runAndKill runs the child until it has acknowledged some more, kills it, and notes what
// it acknowledged until it was dead.
func runAndKill(t *testing.T, dir string, mode SyncMode, more int, acknowledged []int) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKill$")
	child.Env = append(os.Environ(), killDir+"="+dir)
	if mode == Fsync {
		child.Env = append(child.Env, killDir+"_FSYNC=1")
	}
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		var w, last int
		if _, err := fmt.Sscanf(lines.Text(), "%d %d", &w, &last); err != nil {
			t.Errorf("the child said %q", lines.Text())
		}
		acknowledged[w] = last + 1
		if n == more {
			if err := child.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	if err := child.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the child ended by itself: %v", err)
	}
}

// checkAcknowledged opens the log that the child left behind.
func checkAcknowledged(t *testing.T, dir string, acknowledged []int) {
	t.Helper()
	l := mustOpen(t, Config{Dir: dir, MemTableBytes: minMemTableBytes})
	for w, stored := range countByWriter(t, l) {
		if stored < acknowledged[w] {
			t.Errorf("writer %d was told that %d entries are stored, and %d are", w, acknowledged[w], stored)
		}
		acknowledged[w] = stored
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// countByWriter returns how many entries of each writer there are, and checks that they
// are all there from 0 on, in order, at consecutive positions.
func countByWriter(t *testing.T, l *Log) []int {
	t.Helper()
	counts := make([]int, killWriters)
	var last entry.Position
	for last < l.Bounds().Head {
		batch, err := l.Read(t.Context(), last, 1<<20)
		if err != nil || batch.Gap != nil {
			t.Fatalf("Read(%d): %+v, %v", last, batch.Gap, err)
		}
		for _, e := range batch.Entries {
			if last++; e.Position != last {
				t.Fatalf("position %d follows %d", e.Position, last-1)
			}
			if w, err := strconv.Atoi(e.Service); err == nil {
				if e.Message != strconv.Itoa(counts[w]) {
					t.Fatalf("entry %s of writer %d, want %d", e.Message, w, counts[w])
				}
				counts[w]++
			}
		}
	}
	return counts
}

// TestHole simulates a loss of power: the log is opened in another run of the machine
// without having been closed, and without its newest entries.
func TestHole(t *testing.T) {
	cfg, boot := Config{Dir: t.TempDir()}, "first"
	env := machine()
	env.boot = func() string { return boot }
	var stored []*entry.Entry
	var times []time.Time
	for range 3 {
		l, err := open(cfg, discard(), env)
		if err != nil {
			t.Fatal(err)
		}
		more := samples(len(stored), 10)
		if err := l.Append(t.Context(), more); err != nil {
			t.Fatal(err)
		}
		if n := len(stored); n > 0 && more[0].Position <= stored[n-1].Position+1000 {
			t.Errorf("position %d was given after %d: it may have been in use", more[0].Position, stored[n-1].Position)
		}
		times = append(times, time.Now())
		stored = append(stored, more...)
		m := *l.meta.Load()
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if err := m.save(env.files, cfg.Dir); err != nil { // as if it had not been closed
			t.Fatal(err)
		}
		boot += "+"
	}
	l := mustOpen(t, cfg)
	checkLog(t, l, stored, nil)
	for i, at := range times {
		if p, err := l.PositionAt(t.Context(), at); err != nil || p != stored[10*i+9].Position {
			t.Errorf("PositionAt is %d, want %d: %v", p, stored[10*i+9].Position, err)
		}
	}
	if n := l.meta.Load().entriesWithin(0, stored[29].Position); n != 30 {
		t.Errorf("%d entries are counted, want 30", n)
	}
}
