package abuse

import (
	"maps"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// attack is one line of the table.
type attack struct {
	order          int
	name, expected string
	settings       server.Settings
	// token is what the neighbour comes in with, trust the certificate that it trusts. Empty:
	// nothing is asked of it, nothing is encrypted.
	token, trust string
	// growth is by how much the server's memory may grow, in bytes. 0: by 64 MiB.
	growth int64
	// prepare, if there is one, is run before anything is measured.
	prepare func(t *testing.T, s *server.Server)
	// run does it, and says what has come of it. It fails the test if that is not what was
	// expected.
	run func(t *testing.T, s *server.Server) (tries, got string)
}

// usualGrowth is what an attack may cost the server in memory, if nothing else is said:
// the garbage collector lets a small heap double before it looks at it.
const usualGrowth = 64 << 20

// launch runs an attack on a server of its own, beside a neighbour.
func (a attack) launch(t *testing.T) {
	t.Helper()
	if !*long {
		t.Parallel() // what is measured beside one attack is then beside several: nobody looks
	}
	settings := server.NewSettings(t, server.Settings{"log.level": "info"})
	maps.Copy(settings, a.settings)
	s := server.Start(t, server.Plain, settings)
	if a.prepare != nil {
		a.prepare(t, s)
	}
	n := startNeighbour(t, s, a.token, a.trust)
	prefer(t, s.PID(), n.command.Process.Pid)
	r := row{order: a.order, attack: a.name, expected: a.expected}
	n.sinceLast(t)
	time.Sleep(scale(300*time.Millisecond, 5*time.Second)) // the neighbour is at work: this is how long
	r.quiet = n.sinceLast(t).latency

	idle := s.SettledGoroutines(t)
	s.ResetPeakMemory(t)
	before := s.PeakMemory(t)
	n.sinceLast(t)
	// A test of its own, so that its connections are closed when what is left is counted.
	t.Run("attack", func(t *testing.T) { r.tries, r.got = a.run(t, s) })
	r.beside = n.sinceLast(t).latency
	r.peak = s.PeakMemory(t)
	r.leaked = s.LeakedGoroutines(t, idle)

	if most := max(a.growth, usualGrowth); r.peak-before > most {
		t.Errorf("the server's memory grew by %d MiB, want at most %d", (r.peak-before)>>20, most>>20)
	}
	if r.leaked > 0 {
		t.Errorf("%d goroutines are left of the attack", r.leaked)
	}
	if end := n.finish(t); end.Missing+end.Refused+len(end.Trouble) > 0 || end.Written == 0 {
		t.Errorf("the neighbour wrote %d entries, %d were refused, %d are missing: %q", end.Written, end.Refused, end.Missing, end.Trouble)
	}
	report(t, r)
}

// prefer lets processes, each the first of its group, go before the attackers, who would
// have machines of their own. Where that is not allowed, what is measured beside an attack
// is also what the attackers leave.
func prefer(t *testing.T, groups ...int) {
	t.Helper()
	const nice = -10
	for _, id := range groups {
		if err := unix.Setpriority(unix.PRIO_PGRP, id, nice); err != nil {
			t.Logf("the attackers have the same priority as the server: %v", err)
		}
	}
}

// each lets attackers try, several at a time, and tells what went wrong, each sentence
// once.
func each(t *testing.T, tries int, try func(n int) error) {
	t.Helper()
	const atATime = 32
	var all errgroup.Group
	all.SetLimit(atATime)
	var mu sync.Mutex
	told := map[string]int{}
	for n := range tries {
		all.Go(func() error {
			if err := try(n); err != nil {
				mu.Lock()
				defer mu.Unlock()
				told[err.Error()]++
			}
			return nil
		})
	}
	_ = all.Wait()  // see told
	const most = 10 // more says no more
	n := 0
	for sentence, times := range told {
		if n++; n <= most {
			t.Errorf("%d times: %s", times, sentence)
		}
	}
	if n > most {
		t.Errorf("and %d more", n-most)
	}
}
