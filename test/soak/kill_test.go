package soak

import (
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
	"github.com/seed-2f16ea30/logsieve/test/history"
)

// TestKill kills the server again and again while three kinds of writers write and twenty
// subscribers watch: eight of them with the Go client, which comes back by itself, six over
// gRPC and six over WebSockets, which are resumed by cursor.
func TestKill(t *testing.T) {
	t.Parallel()
	const killsEach = 5
	rounds, perSecond := scale(1, 10), scale(3_000, 20_000)
	total := row{order: 1, name: "`kill -9`", faults: fmt.Sprintf("%d × SIGKILL", rounds*killsEach)}
	sent, delivered := 0, 0
	var took time.Duration
	for range rounds {
		writing, d := killRound(t, killsEach, perSecond, &total)
		s, _ := writing.written()
		sent, delivered, took = sent+s, delivered+d, took+writing.took
	}
	total.input = fmt.Sprintf("%d entries at %.0f/s (%d/s asked for, outages included) over WriteEntries, POST /logs and OTLP",
		sent, float64(sent)/took.Seconds(), perSecond)
	total.remark = fmt.Sprintf("%d entries delivered to 8 Go clients, 6 gRPC streams and 6 WebSockets", delivered)
	report(t, total)
}

func killRound(t *testing.T, kills, perSecond int, total *row) (writing *load, delivered int) {
	t.Helper()
	s := server.Start(t, server.Plain, newSettings(t, nil))
	idle := settled(t, s)
	first := s
	all := gather(t, s)
	writing = mixedLoad(t, s, perSecond)
	for n := range kills {
		time.Sleep(time.Duration(300+150*n) * time.Millisecond) // the load runs: this is how long
		total.peak = max(total.peak, s.PeakMemory(t))
		killed := time.Now()
		_, err := s.Stop(syscall.SIGKILL)
		must(t, err)
		s = s.Restart(t)
		all.goOn(t)
		total.recovery = max(total.recovery, time.Since(killed))
	}
	writing.stop()
	log := readLog(t, s.GRPC)
	total.peak = max(total.peak, s.PeakMemory(t))
	total.count(t, history.CheckWriters(log, writing.histories()))
	delivered = all.finish(t, log, total)
	total.leaked = max(total.leaked, excess(t, s, idle))
	must(t, stop(s, first))
	return writing, delivered
}

// stop ends a server, so that the next round has the machine to itself.
func stop(s, first *server.Server) error {
	if s == first {
		return nil
	}
	_, err := s.Stop(syscall.SIGTERM)
	return err
}

// audience are twenty subscribers.
type audience struct {
	steady, resumed []*subscriber
	conn            *grpc.ClientConn // of those that are resumed over gRPC
}

func gather(t *testing.T, s *server.Server) *audience {
	t.Helper()
	a := &audience{conn: connect(t, s.GRPC)}
	for i := range 8 {
		a.steady = append(a.steady, healing(t, fmt.Sprintf("healing %d", i), s.GRPC))
	}
	for i := range 6 {
		a.resumed = append(a.resumed,
			bare(fmt.Sprintf("resumed %d", i), a.conn), overWebSocket(fmt.Sprintf("WebSocket %d", i), s.HTTP))
	}
	for i, w := range a.all() {
		must(t, w.watch(nth(i)))
		must(t, w.awaitLive())
	}
	t.Cleanup(func() {
		for _, w := range a.all() {
			w.cut()
		}
	})
	return a
}

func (a *audience) all() []*subscriber {
	return slices.Concat(a.steady, a.resumed)
}

// goOn brings everybody back after a restart, and waits until all are live again.
func (a *audience) goOn(t *testing.T) {
	t.Helper()
	for _, w := range a.resumed {
		w.ended()
		must(t, again(w))
	}
	for _, w := range a.resumed {
		must(t, w.awaitLive())
	}
}

// again resumes a subscriber. The connection may take a moment to find the server again.
func again(w *subscriber) (err error) {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) { // the pace of coming back
		if err = w.resume(nil); err != nil {
			continue
		}
		if err = w.await("answered", func(w *subscriber) bool { return w.answered > 0 }); err == nil {
			return nil
		}
		w.abandon()
	}
	return err
}

// finish waits until everybody has come to the end of the log, and checks them.
func (a *audience) finish(t *testing.T, log *history.Log, total *row) (delivered int) {
	t.Helper()
	for _, w := range a.all() {
		if err := w.awaitCursor(log.End()); err != nil {
			t.Error(err)
		}
		w.cut()
		result := w.check(log, history.Options{Until: log.End()})
		total.count(t, result)
		delivered += result.Entries
	}
	_ = a.conn.Close() // nothing is on it any more
	return delivered
}
