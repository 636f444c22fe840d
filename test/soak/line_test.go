package soak

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
	"github.com/seed-2f16ea30/logsieve/test/history"
)

// startProxy runs a proxy in front of an address until the test ends.
func startProxy(t *testing.T, target string) *proxy {
	t.Helper()
	p, err := newProxy(t.Context(), target)
	must(t, err)
	t.Cleanup(p.close)
	return p
}

// TestBadLine puts a line between clients and server that delays, slices, swallows, resets
// and cuts.
func TestBadLine(t *testing.T) {
	t.Parallel()
	perSecond, length := scale(1_000, 5_000), scale(5*time.Second, 60*time.Second)
	s := server.Start(t, server.Plain, server.NewSettings(t, server.Settings{"log.level": "info"}))
	idle := settled(t, s)
	line := startProxy(t, s.GRPC)
	var watching []*subscriber
	for i := range 10 {
		w := healing(t, fmt.Sprintf("line %d", i), line.address())
		must(t, w.watch(nth(i)))
		must(t, w.awaitLive())
		t.Cleanup(w.cut)
		watching = append(watching, w)
	}
	writing := mixedLoad(t, s, perSecond)
	faults := spoil(line, length)
	writing.stop()
	healed := time.Now()
	line.heal()
	line.cut(true) // what was swallowed is gone: keep-alive would take 40 s to notice

	log := readLog(t, s.GRPC)
	r := row{order: 3, name: "bad line"}
	r.count(t, history.CheckWriters(log, writing.histories()))
	delivered := 0
	for _, w := range watching {
		if err := w.awaitCursor(log.End()); err != nil {
			t.Error(err)
		}
	}
	r.recovery = time.Since(healed)
	for _, w := range watching {
		w.cut()
		result := w.check(log, history.Options{Until: log.End()})
		r.count(t, result)
		delivered += result.Entries
	}
	line.close()
	r.input = fmt.Sprintf("%v, 10 clients that heal", writing)
	r.faults = fmt.Sprintf("%d × delay, slice, swallow, reset or cut", faults)
	r.leaked, r.peak = excess(t, s, idle), s.PeakMemory(t)
	r.remark = fmt.Sprintf("%d entries delivered", delivered)
	report(t, r)
}

// spoil changes what a line does, several times a second, and returns how often.
func spoil(line *proxy, length time.Duration) (faults int) {
	random := rand.New(rand.NewPCG(1, 2)) // G404: faults, made again from a seed.
	for end := time.Now().Add(length); time.Now().Before(end); faults++ {
		line.heal()
		switch faults % 5 {
		case 0:
			line.delay.Store(int64(time.Duration(5+random.IntN(45)) * time.Millisecond))
		case 1:
			line.slice.Store(int64(1 + random.IntN(40)))
		case 2:
			line.hole.Store(true)
		case 3:
			line.cut(true)
		case 4:
			line.cut(false)
		}
		time.Sleep(time.Duration(100+random.IntN(300)) * time.Millisecond) // the load runs: this is how long
		if line.hole.Load() {
			line.cut(true) // half of what was under way is missing
		}
	}
	return faults
}
