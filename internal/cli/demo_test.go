package cli_test

import (
	"strings"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/cli"
)

// The demonstration runs, says how to watch it, and can be watched that way.
func TestDemo(t *testing.T) {
	c := run(t, "demo", "--rate", "200", "--backlog", "1s", "--store-dir", t.TempDir(),
		"--grpc-address", "127.0.0.1:0", "--http-address", "127.0.0.1:0",
		"--otlp-grpc-address", "", "--otlp-http-address", "", "--admin-address", "")
	server := ""
	for line := c.line(); !strings.Contains(line, "wscat"); line = c.line() {
		if _, rest, ok := strings.Cut(line, "logsieve --server "); ok {
			server, _, _ = strings.Cut(rest, " ")
		}
	}
	var out, stderr buffer
	if code := cli.Main(t.Context(), []string{"query", "--server", server}, strings.NewReader(""), &out, &stderr); code != 0 {
		t.Errorf("query exited with %d and said %q", code, stderr.String())
	}
	const backlog = 100 // of the 200 entries in the past second, as many as query prints
	if n := strings.Count(out.String(), "\n"); n < backlog {
		t.Errorf("%d lines at the beginning, want at least %d", n, backlog)
	}
	tail := run(t, "tail", "--server", server, "-n", "0")
	tail.line() // something new
	tail.stop()
	tail.exit()
	c.stop()
	for range 2 { // the last lines of what it has said, so that it can end
		if _, err := c.out.ReadString('\n'); err != nil {
			break
		}
	}
	if code := c.exit(); code != 0 {
		t.Errorf("the demonstration exited with %d and said %q", code, c.stderr.String())
	}
}
