package soak

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"google.golang.org/grpc"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
	"github.com/seed-2f16ea30/logsieve/test/history"
)

// TestStalled lets one subscriber of a hundred stop reading. It costs the others nothing,
// and misses nothing once it reads again.
func TestStalled(t *testing.T) {
	t.Parallel()
	perSecond, length := scale(2_000, 10_000), scale(5*time.Second, 60*time.Second)
	s := server.Start(t, server.Plain, newSettings(t, nil))
	idle := settled(t, s)
	conn := connect(t, s.GRPC)
	var watching []*subscriber
	for i := range 100 {
		w := bare(fmt.Sprintf("reader %d", i), conn)
		f := &loggerv1.LogFilter{} // the stalled one wants everything
		if i > 0 {
			f = &loggerv1.LogFilter{Services: []string{services[i%len(services)]}, MinSeverity: loggerv1.Severity_WARN}
		}
		must(t, w.watch(f))
		t.Cleanup(w.cut)
		must(t, w.awaitLive())
		watching = append(watching, w)
	}
	stalled := watching[0]
	stalled.pause(true)
	writing := mixedLoad(t, s, perSecond)
	time.Sleep(length) // the load runs: this is how long
	writing.stop()

	log := readLog(t, s.GRPC)
	r := row{order: 5, name: "one stalled", faults: fmt.Sprintf("1 of 100 does not read for %v", length)}
	r.count(t, history.CheckWriters(log, writing.histories()))
	stopped := time.Now()
	for _, w := range watching[1:] {
		must(t, w.awaitCursor(log.End()))
	}
	lag := time.Since(stopped)
	resumed := time.Now()
	stalled.pause(false)
	must(t, stalled.awaitCursor(log.End()))
	r.recovery = time.Since(resumed)
	for _, w := range watching {
		w.cut()
		r.count(t, w.check(log, history.Options{Until: log.End()}))
	}
	must(t, conn.Close())
	r.input = fmt.Sprintf("%v, 100 streams", writing)
	r.leaked, r.peak = excess(t, s, idle), s.PeakMemory(t)
	r.remark = fmt.Sprintf("slowest acknowledgement %v; the others were done %v after the last entry",
		writing.slowest().Round(time.Millisecond), lag.Round(time.Millisecond))
	report(t, r)
}

// services are those of the generated logs.
var services = []string{
	"storefront", "catalog", "search", "cart", "checkout", "payment", "inventory", "shipping", "accounts", "notifications",
}

// most is what one stalled stream may cost.
const most = 1.5 * (1 << 20)

// TestStalledMemory lets many subscribers of everything stop reading, over gRPC and over
// WebSockets, and weighs them.
func TestStalledMemory(t *testing.T) {
	t.Parallel()
	streams := scale(100, 1_000)
	for _, transport := range []struct {
		name string
		open func(t *testing.T, s *server.Server, streams int) (end func())
	}{
		{"gRPC", stalledGRPC},
		{"WebSocket", stalledWebSockets},
	} {
		t.Run(transport.name, func(t *testing.T) {
			s := server.Start(t, server.Plain, newSettings(t, server.Settings{
				"hub.ring_entries":        8_192,
				"websocket.write_timeout": "1h", // those that are given up cost nothing
			}))
			idle := settled(t, s)
			conn := connect(t, s.GRPC)
			w := newWriter("api", 1, viaAPI(conn))
			fill(t, w) // the ring has its size before the streams come
			before, residentBefore := inUse(t, s), resident(t, s)
			end := transport.open(t, s, streams)
			fill(t, w)
			each := (rested(t, s, inUse) - before) / float64(streams)
			if n := int(s.Metric(t, "logsieve_stream_open")); n != streams {
				t.Errorf("%d streams are open, want %d", n, streams)
			}
			eachResident := float64(resident(t, s)-residentBefore) / float64(streams)
			if each > most {
				t.Errorf("each stalled stream costs %s, want at most %s", mib(each), mib(most))
			}
			r := row{
				order: 6, name: "stalled " + transport.name, input: fmt.Sprintf("%d streams of everything, 40,000 entries", streams),
				faults: "none of them reads", peak: s.PeakMemory(t), remark: fmt.Sprintf("%s in use by each, %s resident", mib(each), mib(eachResident)),
			}
			slowest := w.slowest
			end()
			r.count(t, history.CheckWriters(readLog(t, s.GRPC), []history.Writer{w.history()}))
			must(t, conn.Close())
			r.leaked = excess(t, s, idle)
			r.remark += fmt.Sprintf("; slowest acknowledgement %v", slowest.Round(time.Millisecond))
			report(t, r)
		})
	}
}

// fill writes more than the ring holds.
func fill(t *testing.T, w *writer) {
	t.Helper()
	const batches, batch = 20, 1_000
	for range batches {
		must(t, w.write(t.Context(), batch))
	}
}

// inUse returns how much memory a server uses, after a collection, for all that Go has made.
func inUse(t *testing.T, s *server.Server) float64 {
	t.Helper()
	return look(t, s).heap + s.Metric(t, "go_memstats_stack_inuse_bytes")
}

// resident returns how much memory a server has from the system: what it uses, and what
// the collector keeps for later, which may be as much again.
func resident(t *testing.T, s *server.Server) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.PID()))
	must(t, err)
	for line := range strings.Lines(string(status)) {
		var kilobytes int64
		if n, _ := fmt.Sscanf(line, "VmRSS: %d kB", &kilobytes); n == 1 {
			return kilobytes << 10
		}
	}
	t.Fatalf("no memory in\n%s", status)
	return 0
}

func stalledGRPC(t *testing.T, s *server.Server, streams int) (end func()) {
	t.Helper()
	const perConnection = 100
	var conns []*grpc.ClientConn
	var all []*subscriber
	for i := range streams {
		if i%perConnection == 0 {
			conns = append(conns, connect(t, s.GRPC))
		}
		w := bare(fmt.Sprintf("stalled %d", i), conns[len(conns)-1])
		must(t, w.watch(&loggerv1.LogFilter{}))
		t.Cleanup(w.cut)
		all = append(all, w)
	}
	for _, w := range all {
		must(t, w.awaitLive())
		w.pause(true)
	}
	return func() {
		for _, w := range all {
			w.cut()
		}
		for _, c := range conns {
			must(t, c.Close())
		}
	}
}

func stalledWebSockets(t *testing.T, s *server.Server, streams int) (end func()) {
	t.Helper()
	// A small window, so that the system's buffers do not take what the stream should feel.
	dialer := websocket.Dialer{NetDialContext: (&net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) {
			_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4<<10)
		})
	}}).DialContext}
	var all []*websocket.Conn
	for range streams {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		conn, response, err := dialer.DialContext(ctx, "ws://"+s.HTTP+"/logs/monitor", nil)
		cancel()
		must(t, err)
		must(t, response.Body.Close())
		all = append(all, conn)
		must(t, conn.WriteMessage(websocket.TextMessage, []byte(`{"notices":true}`)))
		_, _, err = conn.ReadMessage() // applied
		must(t, err)
	}
	return func() {
		for _, c := range all {
			must(t, c.Close())
		}
	}
}
