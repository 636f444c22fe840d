package soak

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
	"github.com/seed-2f16ea30/logsieve/test/history"
)

// TestFullDisk fills the disk of the data directory under the server: up to its high-water
// mark, and to the last byte. Writers are told to come back, readers notice nothing, and
// there is no restart once there is room.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name              string
		highWater, filler int // per cent, MiB of 56
	}{{"nearly full", 90, 46}, {"full", 100, 52}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := mountTmpfs(t)
			filler := filepath.Join(dir, "filler")
			must(t, os.WriteFile(filler, make([]byte, c.filler<<20), 0o600))
			s := server.Start(t, server.Plain, newSettings(t, server.Settings{
				"store.dir": filepath.Join(dir, "data"), "store.disk_high_water": c.highWater,
			}))
			conn := connect(t, s.GRPC)
			w := newWriter("api", 1, viaAPI(conn))
			reader := bare("reader", conn)
			must(t, reader.watch(&loggerv1.LogFilter{}))
			t.Cleanup(reader.cut)

			refusal := writeUntilRefused(t, w)
			if status.Code(refusal) == codes.DeadlineExceeded && c.highWater == 100 {
				// The one that was under way when the last byte was used waits for room.
				refusal = w.write(t.Context(), 100)
			}
			if status.Code(refusal) != codes.ResourceExhausted {
				t.Errorf("a full disk: got %v, want RESOURCE_EXHAUSTED", refusal)
			}
			if code := ready(t, s.HTTP); code != http.StatusServiceUnavailable {
				t.Errorf("with a full disk /readyz answers %d, want 503", code)
			}
			full := readLog(t, s.GRPC)
			must(t, reader.awaitCursor(full.End()))

			must(t, os.Remove(filler))
			roomy := time.Now()
			writeAgain(t, w)
			r := row{
				order: 8, name: "disk " + c.name, faults: "tmpfs filled by the log, and room made",
				recovery: time.Since(roomy), leaked: -1, peak: s.PeakMemory(t),
				remark: fmt.Sprintf("refused with %v", status.Code(refusal)),
			}
			if code := ready(t, s.HTTP); code != http.StatusOK {
				t.Errorf("with room again /readyz answers %d, want 200", code)
			}
			log := readLog(t, s.GRPC)
			must(t, reader.awaitCursor(log.End()))
			reader.cut()
			r.count(t, history.CheckWriters(log, []history.Writer{w.history()}))
			r.count(t, reader.check(log, history.Options{Until: log.End()}))
			r.input = fmt.Sprintf("%d entries", log.Len())
			report(t, r)
		})
	}
}

// mountTmpfs returns a directory on a small disk of its own.
func mountTmpfs(t *testing.T) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("mounting a small file system takes root")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=56m"); err != nil {
		t.Skipf("no small file system can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func writeUntilRefused(t *testing.T, w *writer) error {
	t.Helper()
	const most, batch = 2_000, 500
	for range most {
		// One that waits for room does so for its own deadline.
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		err := w.write(ctx, batch)
		cancel()
		if err != nil {
			return err
		}
	}
	t.Fatalf("%d entries fit", most*batch)
	return nil
}

// writeAgain writes until it is taken again.
func writeAgain(t *testing.T, w *writer) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) { // another process
		err := w.write(t.Context(), 100)
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}
