package soak

import (
	"fmt"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
	"github.com/seed-2f16ea30/logsieve/test/history"
)

// TestFilterChanges replaces the filter of one stream a thousand times while the log grows:
// each entry is judged once, by the filter that was in force at its place.
func TestFilterChanges(t *testing.T) {
	t.Parallel()
	const changes = 1_000
	perSecond := scale(1_000, 5_000)
	s := server.Start(t, server.Plain, newSettings(t, server.Settings{
		"stream.filter_updates": 10_000, "stream.filter_burst": 10_000,
	}))
	idle := settled(t, s)
	conn := connect(t, s.GRPC)
	w := bare("changing", conn)
	must(t, w.watch(nth(0)))
	t.Cleanup(w.cut)
	writing := mixedLoad(t, s, perSecond)
	began := time.Now()
	for n := range changes {
		must(t, w.filter(nth(n+1)))
		if n%4 == 0 && n > 0 {
			continue // the next one follows at once, and may overtake this one
		}
		must(t, w.await("answered", func(w *subscriber) bool { return w.answered == n+2 }))
		if n%20 == 1 {
			more := w.entries + 10
			must(t, w.await("given entries", func(w *subscriber) bool { return w.entries >= more || n%10 == 6 }))
		}
	}
	took := time.Since(began)
	writing.stop()
	log := readLog(t, s.GRPC)
	must(t, w.awaitCursor(log.End()))
	w.cut()
	must(t, conn.Close())
	r := row{order: 7, name: "filter changes", faults: fmt.Sprintf("%d filters on one stream in %v", changes, took.Round(time.Millisecond))}
	r.count(t, history.CheckWriters(log, writing.histories()))
	result := w.check(log, history.Options{Until: log.End()})
	r.count(t, result)
	if answered := result.Applied + result.Superseded; answered != changes+1 {
		t.Errorf("%d filters were applied or overtaken, want %d", answered, changes+1)
	}
	r.input = writing.String()
	r.leaked, r.peak = excess(t, s, idle), s.PeakMemory(t)
	r.remark = fmt.Sprintf("%d applied, %d overtaken, %d entries delivered", result.Applied, result.Superseded, result.Entries)
	report(t, r)
}
