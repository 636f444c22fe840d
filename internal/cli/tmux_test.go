package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/apptest"
)

// pane is a terminal in tmux.
type pane struct {
	t      *testing.T
	socket string
}

// openPane runs a shell command in a terminal of 80×24.
func openPane(t *testing.T, command string) *pane {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed: the full-screen tail is only tested on the emulator of internal/tui")
	}
	p := &pane{t, filepath.Join(t.TempDir(), "s")}
	t.Cleanup(func() { _, _ = p.tmux("kill-server") })
	p.must("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "-e", "TMUX=", command)
	p.must("set-option", "-s", "escape-time", "10")
	return p
}

func (p *pane) tmux(args ...string) (string, error) {
	out, err := exec.Command("tmux", append([]string{"-S", p.socket}, args...)...).CombinedOutput()
	return string(out), err
}

func (p *pane) must(args ...string) string {
	p.t.Helper()
	out, err := p.tmux(args...)
	if err != nil {
		p.t.Fatalf("tmux %v: %v: %s", args, err, out)
	}
	return out
}

func (p *pane) press(keys ...string) {
	p.t.Helper()
	p.must(append([]string{"send-keys"}, keys...)...)
}

// until waits until what is on the screen is as it should be. tmux tells nobody when it
// changes, so it is asked again and again.
func (p *pane) until(what string, ok func(seen string) bool) {
	p.t.Helper()
	const again = 20 * time.Millisecond
	ticker := time.NewTicker(again)
	defer ticker.Stop()
	for late := time.After(patience); ; {
		seen := p.must("capture-pane", "-p")
		if ok(seen) {
			return
		}
		select {
		case <-ticker.C:
		case <-late:
			p.t.Fatalf("it does not happen: %s; the screen is:\n%s", what, seen)
		}
	}
}

func (p *pane) sees(text string) {
	p.t.Helper()
	p.until("seeing "+text, func(seen string) bool { return strings.Contains(seen, text) })
}

// restored tells whether the terminal is as a shell expects it.
func (p *pane) restored() {
	p.t.Helper()
	if got := p.must("display-message", "-p", "#{alternate_on} #{cursor_flag}"); got != "0 1\n" {
		p.t.Errorf("alternate screen and cursor are %q, want 0 1", got)
	}
}

func TestFullScreenInTmux(t *testing.T) {
	server := apptest.Start(t, apptest.Config(t))
	write(t, server.GRPC, "apple one", "pear one", "\x1b[2J\x1b]0;hostile\x07grape")
	p := openPane(t, fmt.Sprintf("echo before; logsieve tail -i -n 100 --server %s; echo exit $?; exec cat", server.GRPC))
	p.sees(`\x1b[2J\x1b]0;hostile\x07grape`)
	p.press("-l", "apple")
	p.until("only matches", func(seen string) bool {
		return strings.Contains(seen, "apple one") && !strings.Contains(seen, "pear")
	})
	write(t, server.GRPC, "pear two", "apple two")
	p.sees("apple two")
	p.press("-l", " AND (")
	p.sees("                  ^\n")
	write(t, server.GRPC, "apple three")
	p.sees("apple three")
	p.must("resize-window", "-x", "40", "-y", "8")
	p.until("the smaller screen", func(seen string) bool {
		return strings.Count(seen, "\n") == 8 && strings.Contains(seen, "filter> apple AND (") && strings.Contains(seen, "apple three")
	})
	p.must("resize-window", "-x", "120", "-y", "30")
	p.press("Escape")
	p.sees("q quit")
	p.press("q")
	p.sees("exit 0")
	p.sees("before")
	p.restored()
}

func TestSIGTERMRestoresTheTerminalInTmux(t *testing.T) {
	server := apptest.Start(t, apptest.Config(t))
	write(t, server.GRPC, "hello")
	file := filepath.Join(t.TempDir(), "pid")
	p := openPane(t, fmt.Sprintf("sh -c 'echo $$ > %s; exec logsieve tail -i --server %s'; echo exit $?; exec cat", file, server.GRPC))
	p.sees("hello")
	p.sees("LIVE")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.sees("exit 0")
	p.restored()
}
