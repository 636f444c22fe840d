package soak

import (
	"bufio"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// TestSyncBeforeAcknowledgement holds up and fails every sync of the server, from outside:
// with store.sync=fsync no entry is acknowledged before its sync has succeeded.
func TestSyncBeforeAcknowledgement(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed")
	}
	late := func(delay time.Duration) string { return "delay_enter=" + strconv.FormatInt(delay.Microseconds(), 10) }
	// What waits for a sync takes at least as long; what does not must be faster on any
	// machine, however busy.
	const short, long = 400 * time.Millisecond, 8 * time.Second
	r := row{order: 11, name: "fsync", faults: "every sync late, or failed", leaked: -1}
	for _, c := range []struct {
		mode, fault string
		delay       time.Duration
	}{{"fsync", late(short), short}, {"written", late(long), long}, {"fsync", "error=EIO", 0}} {
		t.Run(c.mode+" "+c.fault[:5], func(t *testing.T) {
			settings := newSettings(t, server.Settings{"store.sync": c.mode, "store.sync_interval": "1m"})
			p, _ := launch(t, settings)
			conn := connect(t, fmt.Sprint(settings["grpc.address"]))
			defer conn.Close() //nolint:errcheck // nothing is on it any more
			w := newWriter("api", 1, viaAPI(conn))
			must(t, w.write(t.Context(), 1))
			detach := inject(t, p.command.Process.Pid, c.fault)
			took, err := timed(t, w)
			detach()
			switch {
			case c.delay == 0 && err == nil:
				t.Error("an entry was acknowledged although its sync failed")
			case c.delay > 0 && err != nil:
				t.Error(err)
			case c.delay > 0 && (took >= c.delay) != (c.mode == "fsync"):
				t.Errorf("with %s an entry was acknowledged after %v, when a sync takes %v", c.mode, took, c.delay)
			}
			r.remark += fmt.Sprintf("%s, %s: %v after %v; ", c.mode, c.fault, acknowledged(err), took.Round(time.Millisecond))
			p.stop(syscall.SIGKILL)
		})
	}
	r.input = "single entries"
	r.remark = strings.TrimSuffix(r.remark, "; ")
	report(t, r)
}

func acknowledged(err error) string {
	if err != nil {
		return "refused"
	}
	return "acknowledged"
}

func timed(t *testing.T, w *writer) (time.Duration, error) {
	t.Helper()
	began := time.Now()
	err := w.write(t.Context(), 1)
	return time.Since(began), err
}

// inject puts a fault into every sync of a process, until the returned function is called.
func inject(t *testing.T, pid int, fault string) (detach func()) {
	t.Helper()
	command := exec.Command("strace", "-f", "-p", strconv.Itoa(pid), "-e", "trace=fsync,fdatasync",
		"-e", "inject=fsync,fdatasync:"+fault)
	stderr, err := command.StderrPipe()
	must(t, err)
	must(t, command.Start())
	lines := bufio.NewScanner(stderr)
	if !lines.Scan() || !strings.Contains(lines.Text(), "attached") {
		_ = command.Process.Kill()
		t.Skipf("strace cannot attach here: %s", lines.Text())
	}
	go func() {
		for lines.Scan() { // so that it is never held up
		}
	}()
	return func() {
		_ = command.Process.Signal(syscall.SIGINT)
		var exit *exec.ExitError
		if err := command.Wait(); err != nil && !errors.As(err, &exit) {
			t.Error(err)
		}
	}
}
