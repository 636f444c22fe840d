package soak

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

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

// TestBadLine puts lines between clients and server that delay, slice, swallow, reset and
// cut: one for the Go client, one for WebSockets.
func TestBadLine(t *testing.T) {
	t.Parallel()
	perSecond, length := scale(1_000, 5_000), scale(5*time.Second, 60*time.Second)
	s := server.Start(t, server.Plain, newSettings(t, nil))
	idle := settled(t, s)
	lines := []*proxy{startProxy(t, s.GRPC), startProxy(t, s.HTTP)}
	var watching, sockets []*subscriber
	for i := range 10 {
		w := healing(t, fmt.Sprintf("line %d", i), lines[0].address())
		if i%2 == 1 {
			w = overWebSocket(fmt.Sprintf("WebSocket %d", i), lines[1].address())
			sockets = append(sockets, w)
		}
		must(t, w.watch(nth(i)))
		must(t, w.awaitLive())
		t.Cleanup(w.cut)
		watching = append(watching, w)
	}
	writing := mixedLoad(t, s, perSecond)
	steady := keepWatching(sockets)
	faults := spoil(lines, length)
	writing.stop()
	healed := time.Now()
	for _, line := range lines {
		line.heal()
		line.cut(true) // what was swallowed is gone: keep-alive would take 40 s to notice
	}
	must(t, steady())

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
	for _, line := range lines {
		line.close()
	}
	r.input = fmt.Sprintf("%v, 5 Go clients and 5 WebSockets", writing)
	r.faults = fmt.Sprintf("%d × delay, slice, swallow, reset or cut", faults)
	r.leaked, r.peak = excess(t, s, idle), s.PeakMemory(t)
	r.remark = fmt.Sprintf("%d entries delivered", delivered)
	report(t, r)
}

// keepWatching resumes subscribers by cursor whenever their streams end, until it is told
// to stop; then all watch on streams that are new.
func keepWatching(all []*subscriber) (stop func() error) {
	enough := make(chan struct{})
	var group errgroup.Group
	for _, w := range all {
		group.Go(func() error {
			for {
				select {
				case <-enough:
					w.cut()
					return again(w)
				case <-w.done:
				}
				w.ended()
				if err := again(w); err != nil {
					return err
				}
			}
		})
	}
	return func() error {
		close(enough)
		return group.Wait()
	}
}

// spoil changes what lines do, several times a second, and returns how often.
func spoil(lines []*proxy, length time.Duration) (faults int) {
	random := rand.New(rand.NewPCG(1, 2)) // G404: faults, made again from a seed.
	for end := time.Now().Add(length); time.Now().Before(end); faults++ {
		for _, line := range lines {
			line.heal()
			line.spoil(faults, random)
		}
		time.Sleep(time.Duration(100+random.IntN(300)) * time.Millisecond) // the load runs: this is how long
		for _, line := range lines {
			if line.hole.Load() {
				line.cut(true) // half of what was under way is missing
			}
		}
	}
	return faults
}

// spoil makes a line bad in one of five ways.
func (p *proxy) spoil(way int, random *rand.Rand) {
	switch way % 5 {
	case 0:
		p.delay.Store(int64(time.Duration(5+random.IntN(45)) * time.Millisecond))
	case 1:
		p.slice.Store(int64(1 + random.IntN(40)))
	case 2:
		p.hole.Store(true)
	case 3:
		p.cut(true)
	case 4:
		p.cut(false)
	}
}
