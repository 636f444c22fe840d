package soak

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
	"github.com/seed-2f16ea30/logsieve/test/history"
)

// TestSickDisk lets the disk fail for a while, under a server that runs on: every sync ends
// with an I/O error, or because the file system has become read-only. Writers are told to come
// back, readers stay, and entries are taken again once the disk works, with no restart.
func TestSickDisk(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed")
	}
	for _, c := range []struct{ mode, fault string }{{"fsync", "EIO"}, {"written", "EIO"}, {"written", "EROFS"}} {
		t.Run(c.mode+" "+c.fault, func(t *testing.T) {
			rounds := scale(1, 10)
			r := row{
				order: 9, name: fmt.Sprintf("disk fails (%s, %s)", c.mode, c.fault), leaked: -1,
				faults: fmt.Sprintf("%d × every sync fails with %s", rounds, c.fault),
			}
			settings := newSettings(t, server.Settings{
				"store.sync": c.mode, "store.sync_interval": "100ms",
			})
			p, serves := launch(t, settings)
			if !serves {
				t.Fatal(p.said())
			}
			h := &patient{process: p, http: fmt.Sprint(settings["http.address"])}
			conn := connect(t, fmt.Sprint(settings["grpc.address"]))
			w := newWriter("api", 1, viaAPI(conn))
			readers := []*subscriber{bare("gRPC", conn), overWebSocket("WebSocket", h.http)}
			for _, reader := range readers {
				must(t, reader.watch(&loggerv1.LogFilter{}))
				t.Cleanup(reader.cut)
				must(t, reader.awaitLive())
			}
			writing := startLoad(t, scale(200, 2_000), newWriter("load", 2, viaAPI(conn)))
			for range rounds {
				must(t, w.write(t.Context(), 200))
				r.recovery = max(r.recovery, h.fallIll(t, w, "error="+c.fault))
			}
			writing.stop()
			log := readLog(t, fmt.Sprint(settings["grpc.address"]))
			r.count(t, history.CheckWriters(log, append(writing.histories(), w.history())))
			for _, reader := range readers {
				must(t, reader.awaitCursor(log.End()))
				reader.cut()
				r.count(t, reader.check(log, history.Options{Until: log.End()}))
			}
			sent, acknowledged := writing.written()
			r.input = fmt.Sprintf("%d entries, a reader over gRPC and one over a WebSocket", log.Len())
			r.remark = fmt.Sprintf("%d of %d refused, with UNAVAILABLE and a delay; readers stay; no restart", sent-acknowledged, sent)
			p.stop(syscall.SIGTERM)
			report(t, r)
		})
	}
}

// patient is a server whose disk fails for a while.
type patient struct {
	*process
	http string
}

// fallIll lets every sync fail until a write is refused, and returns how long it takes from
// the end of that until one is taken again.
func (h *patient) fallIll(t *testing.T, w *writer, fault string) time.Duration {
	t.Helper()
	detach := inject(t, h.command.Process.Pid, fault)
	h.writeUntilRefused(t, w)
	h.awaitReady(t, http.StatusServiceUnavailable)
	detach()
	healed := time.Now()
	writeAgain(t, w)
	took := time.Since(healed)
	h.awaitReady(t, http.StatusOK)
	return took
}

func (h *patient) writeUntilRefused(t *testing.T, w *writer) {
	t.Helper()
	var refusal error
	for deadline := time.Now().Add(patience); refusal == nil && time.Now().Before(deadline); {
		refusal = w.write(t.Context(), 10)
	}
	st := status.Convert(refusal)
	delay := false
	for _, detail := range st.Details() {
		if retry, ok := detail.(*errdetails.RetryInfo); ok {
			delay = retry.GetRetryDelay().AsDuration() > 0
		}
	}
	if st.Code() != codes.Unavailable || !delay {
		t.Errorf("a disk that fails: got %v, want UNAVAILABLE with a time to come back\n%s", refusal, h.said())
	}
}

func (h *patient) awaitReady(t *testing.T, want int) {
	t.Helper()
	code := 0
	for deadline := time.Now().Add(patience); code != want; time.Sleep(20 * time.Millisecond) { // another process
		if time.Now().After(deadline) {
			t.Fatalf("/readyz answers %d, want %d", code, want)
		}
		code = ready(t, h.http)
	}
}

// ready returns how a server answers whether it is ready.
func ready(t *testing.T, address string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, "http://"+address+"/readyz", http.NoBody)
	must(t, err)
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	must(t, response.Body.Close())
	return response.StatusCode
}
