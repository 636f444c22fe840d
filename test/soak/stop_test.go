package soak

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
	"github.com/seed-2f16ea30/logsieve/test/history"
)

// TestStop stops a server with 500 streams under load, half of them WebSockets. Each is told
// goodbye, ends with UNAVAILABLE, and goes on where it was once the server is back.
func TestStop(t *testing.T) {
	t.Parallel()
	const streams, perConnection = 500, 100
	// What matches is decoded here, too, 500 times an eighth of it, and half of that from JSON.
	perSecond := scale(500, 1_000)
	s := server.Start(t, server.Plain, newSettings(t, nil))
	idle := settled(t, s)
	var conns []*grpc.ClientConn
	var watching []*subscriber
	for i := range streams {
		if i%perConnection == 0 {
			conns = append(conns, connect(t, s.GRPC))
		}
		w := overWebSocket(fmt.Sprintf("WebSocket %d", i), s.HTTP)
		if i%2 == 0 {
			w = bare(fmt.Sprintf("stream %d", i), conns[len(conns)-1])
		}
		must(t, w.watch(nth(i/2)))
		t.Cleanup(w.cut)
		watching = append(watching, w)
	}
	for _, w := range watching {
		must(t, w.awaitLive())
	}
	writing := mixedLoad(t, s, perSecond)
	time.Sleep(scale(time.Second, 5*time.Second)) // the load runs: this is how long

	r := row{order: 2, name: "SIGTERM", faults: "1 × SIGTERM", peak: s.PeakMemory(t)}
	stopped := time.Now()
	code, err := s.Stop(syscall.SIGTERM)
	took := time.Since(stopped)
	if err != nil || code != 0 {
		t.Errorf("the server ended with code %d, %v", code, err)
	}
	for _, w := range watching {
		if code := w.ended(); code != codes.Unavailable || !w.goodbye {
			t.Errorf("%s ended with %v, goodbye %t; want UNAVAILABLE after a goodbye", w.name, code, w.goodbye)
		}
	}
	again := time.Now()
	s = s.Restart(t)
	resumeAll(t, watching)
	r.recovery = time.Since(again)
	writing.stop()
	log := readLog(t, s.GRPC)
	r.count(t, history.CheckWriters(log, writing.histories()))
	for _, w := range watching {
		if err := w.awaitCursor(log.End()); err != nil {
			t.Error(err)
		}
		w.cut()
		r.count(t, w.check(log, history.Options{Until: log.End()}))
	}
	for _, c := range conns {
		must(t, c.Close())
	}
	r.input = fmt.Sprintf("%v, %d streams, half of them WebSockets", writing, streams)
	r.leaked = excess(t, s, idle)
	r.remark = fmt.Sprintf("stopped within %v", took.Round(10*time.Millisecond))
	report(t, r)
}

// resumeAll resumes subscribers whose streams have ended.
func resumeAll(t *testing.T, watching []*subscriber) {
	t.Helper()
	const atOnce = 50
	var group errgroup.Group
	group.SetLimit(atOnce)
	for _, w := range watching {
		group.Go(func() error { return again(w) })
	}
	must(t, group.Wait())
	for _, w := range watching {
		must(t, w.awaitLive())
	}
}
