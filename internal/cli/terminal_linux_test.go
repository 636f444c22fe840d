package cli_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/seed-2f16ea30/logsieve/internal/apptest"
	"github.com/seed-2f16ea30/logsieve/internal/cli"
)

// terminal opens a pseudo-terminal: what a person looks at, and what a command writes to.
func terminal(t *testing.T) (screen, tty *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	fd := int(screen.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return screen, tty
}

// onTerminal runs a command whose output goes to a terminal, and returns what is on it.
func onTerminal(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	screen, tty := terminal(t)
	seen := make(chan string, 1)
	go func() {
		var text bytes.Buffer
		_, _ = io.Copy(&text, screen) // ends with EIO once the other side is closed
		seen <- text.String()
	}()
	if code := cli.Main(t.Context(), args, strings.NewReader(stdin), tty, tty); code != 0 {
		t.Errorf("%v exited with %d", args, code)
	}
	_ = tty.Close()
	return <-seen
}

func TestOnATerminal(t *testing.T) {
	t.Setenv("NO_COLOR", "")
	t.Setenv("TERM", "xterm")
	server := apptest.Start(t, apptest.Config(t))
	const escape = "\x1b"
	send := onTerminal(t, `level=error msg="x\u001b[2J"`, "send", "--server", server.GRPC, "--service", "web")
	if !strings.Contains(send, "1 lines stored") {
		t.Errorf("send showed %q", send)
	}
	query := []string{"query", "--server", server.GRPC}
	if got := onTerminal(t, "", query...); !strings.Contains(got, "\x1b[31mERROR\x1b[0m") || !strings.Contains(got, "\x1b[2mweb\x1b[0m") ||
		!strings.Contains(got, `x\x1b[2J`) {
		t.Errorf("without options it showed %q", got)
	}
	if got := onTerminal(t, "", append(query, "--highlight", "[2J")...); !strings.Contains(got, "x\\x1b\x1b[1;30;43m[2J\x1b[0m") {
		t.Errorf("with --highlight it showed %q", got)
	}
	// Raw messages are raw in a pipe; on a terminal they must not act.
	for _, option := range []string{"--no-color", "--output=raw", "--output=json", "--output=template={{.Message}}"} {
		if got := onTerminal(t, "", append(query, option)...); strings.Contains(got, escape) {
			t.Errorf("with %s it showed %q", option, got)
		}
	}
	t.Setenv("NO_COLOR", "1")
	if got := onTerminal(t, "", query...); strings.Contains(got, escape) {
		t.Errorf("with NO_COLOR it showed %q", got)
	}
}
