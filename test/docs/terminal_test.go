package docs

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

const terminalPage = "terminal.md"

// onPath makes logsieve of a text the binary under test, and the server its server.
func onPath(t *testing.T, s *server.Server, text string) string {
	t.Helper()
	binary := server.Plain.Path(t)
	return fmt.Sprintf("export LOGSIEVE_SERVER=%s PATH=%q:\"$PATH\"\n%s", s.GRPC, filepath.Dir(binary), text)
}

// terminalServer starts a server with the entries of the page.
func terminalServer(t *testing.T) (s *server.Server, named map[string]string) {
	t.Helper()
	s = server.Start(t, server.Plain, server.NewSettings(t, nil))
	named = blocks(t, terminalPage)
	posted(t, s, named["entries"])
	return s, named
}

// Commands print what the page shows.
func TestTerminalOutput(t *testing.T) {
	s, named := terminalServer(t)
	tried := 0
	for name, text := range named {
		want, ok := named[name+"-output"]
		if !ok {
			continue
		}
		tried++
		got, err := runShell(t, s, onPath(t, s, text)).rest()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-page +command)\n%s", name, diff)
		}
	}
	if tried < 4 {
		t.Errorf("only %d commands have an output", tried)
	}
}

// The shell takes what is there to complete by, and completes.
func TestTerminalCompletion(t *testing.T) {
	need(t, "bash")
	s, named := terminalServer(t)
	text := named["completion"] + "complete -p logsieve\nlogsieve __complete tail service= 2>&1\n"
	out, err := runShell(t, s, onPath(t, s, text)).rest()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"complete -o", "service=shop", "service=payment"} {
		if !strings.Contains(out, want) {
			t.Errorf("there is no %q in\n%s", want, out)
		}
	}
}

// The exit codes are those that the command tells.
func TestTerminalExitCodes(t *testing.T) {
	help, err := run(t, t.TempDir(), server.Plain.Path(t), "--help").rest()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range table(t, terminalPage, "Code", "Means") {
		if line := "  " + row[0] + "  " + row[1]; !strings.Contains(help, line+"\n") {
			t.Errorf("the command does not tell %q", line)
		}
	}
}

// The full screen comes up in tmux, filters as one types, and its help has the keys of the
// page.
func TestTerminalScreen(t *testing.T) {
	need(t, "tmux")
	s, named := terminalServer(t)
	socket := filepath.Join(t.TempDir(), "s")
	tmux := func(args ...string) string {
		out, err := exec.Command("tmux", append([]string{"-S", socket, "-f", "/dev/null"}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("tmux %v: %v: %s", args, err, out)
		}
		return string(out)
	}
	shell := onPath(t, s, strings.Replace(named["interactive"], "\n", "; cat\n", 1))
	tmux("new-session", "-d", "-x", "110", "-y", "44", "-e", "TMUX=", "bash -c '"+shell+"'")
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", socket, "kill-server").Run() })
	see := func(what string, ok func(seen string) bool) string {
		return await(t, what, ok, func() string { return tmux("capture-pane", "-p") })
	}
	see("all entries", func(seen string) bool {
		return strings.Contains(seen, "LIVE") && strings.Contains(seen, "out of stock")
	})
	tmux("send-keys", "-l", "declined")
	see("the one that matches", func(seen string) bool {
		return strings.Contains(seen, "card declined") && !strings.Contains(seen, "out of stock")
	})
	tmux("send-keys", "F1")
	help := see("the help", func(seen string) bool { return strings.Contains(seen, "The rows\n") })
	rows := append(table(t, terminalPage, "Key", "Does"), table(t, terminalPage, "Press", "To")...)
	for _, row := range rows {
		said := regexp.MustCompile(`(?m)^  ` + regexp.QuoteMeta(row[0]) + ` .*` + regexp.QuoteMeta(row[1]) + `\s*$`)
		if row[0] != "q, Ctrl-C" && !said.MatchString(strings.ReplaceAll(help, "? or F1", "?")) {
			t.Errorf("the help does not say %q, %q:\n%s", row[0], row[1], help)
		}
	}
}

// await asks until what is answered is as it should be, and returns it. tmux tells nobody
// when its screen changes.
func await(t *testing.T, what string, ok func(string) bool, ask func() string) string {
	t.Helper()
	const again = 50 * time.Millisecond
	ticker := time.NewTicker(again)
	defer ticker.Stop()
	late := time.After(patience)
	for {
		seen := ask()
		if ok(seen) {
			return seen
		}
		select {
		case <-ticker.C:
		case <-late:
			t.Fatalf("it does not come: %s. There is:\n%s", what, seen)
		}
	}
}
