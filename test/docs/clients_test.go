package docs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// shown is a client that docs/clients.md shows.
type shown struct {
	// block is its name on the page.
	block string
	// run starts it from its text, which is about this server.
	run func(t *testing.T, s *server.Server, text string) *running
	// first is what is typed first, where that is not in the text.
	first string
	// typed returns what is typed to make a query the filter. Nil: the query.
	typed func(query string) string
}

// changing are the clients that replace the filter on the running stream.
var changing = []shown{
	{block: "go", run: runGo},
	{block: "node-websocket", run: runNode},
	{block: "node-grpc", run: runNode},
	{block: "browser", run: runBrowser, typed: func(query string) string { return fmt.Sprintf("sieve(%q)", query) }},
	{
		block: "grpcurl", run: runGrpcurl, first: `{"query": "severity>=ERROR", "last": 10}`,
		typed: func(query string) string { return fmt.Sprintf("{\"query\": %q}", query) },
	},
}

// resuming are the clients that go on behind what they have seen, with their one filter.
var resuming = []shown{
	{block: "node-fetch", run: runNode},
	{block: "browser-eventsource", run: runBrowser},
	{block: "python", run: runPython},
	{block: "ruby", run: runRuby},
}

// The last entries first, then new ones; and when a filter is typed, only what that one
// selects from then on.
func TestClientsThatReplaceTheFilter(t *testing.T) {
	s := server.Start(t, server.Plain, server.NewSettings(t, nil))
	snippets := blocks(t, "clients.md")
	for _, c := range changing {
		t.Run(c.block, func(t *testing.T) {
			log := newLog(t, s)
			log.write(t, "ERROR", "payment", "refused before")
			r := c.run(t, s, local(s, snippets[c.block]))
			if c.first != "" {
				r.write(t, c.first)
			}
			r.await(t, log.name("refused before"))

			typed := "service=shop " + log.mark
			if c.typed != nil {
				typed = c.typed(typed)
			}
			r.write(t, typed)
			swapped := awaitSwap(t, log, r)
			// Everything behind it is of the new filter.
			log.write(t, "ERROR", "payment", "refused behind")
			log.write(t, "INFO", "shop", "shipped at last")
			for _, line := range append(swapped, r.await(t, log.name("shipped at last"))...) {
				if strings.Contains(line, "refused") {
					t.Errorf("%q is not selected by the filter that was typed", line)
				}
			}
		})
	}
}

// awaitSwap writes what one and what the other filter selects until the other one is
// seen to be in force, and returns the lines from there on.
func awaitSwap(t *testing.T, log *log, r *running) []string {
	t.Helper()
	const pause = 50 * time.Millisecond
	for begun := time.Now(); time.Since(begun) < patience; {
		log.write(t, "ERROR", "payment", "refused")
		log.write(t, "INFO", "shop", "shipped")
		for {
			line, err := r.next(pause)
			if errors.Is(err, errQuiet) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(line, log.name("shipped")) {
				return []string{line}
			}
		}
	}
	t.Fatal("the filter that was typed is not in force")
	return nil
}

// The server is stopped, started again, and has new entries before the client is back:
// none is missed, and none comes twice.
func TestClientsThatResume(t *testing.T) {
	snippets := blocks(t, "clients.md")
	for _, c := range resuming {
		t.Run(c.block, func(t *testing.T) {
			s := server.Start(t, server.Plain, server.NewSettings(t, nil))
			log := newLog(t, s)
			log.write(t, "ERROR", "payment", "refused 1")
			r := c.run(t, s, local(s, snippets[c.block]))
			seen := r.await(t, log.name("refused 1"))
			log.write(t, "ERROR", "payment", "refused 2")
			seen = append(seen, r.await(t, log.name("refused 2"))...)

			if code, err := s.Stop(syscall.SIGTERM); code != 0 || err != nil {
				t.Fatalf("stopping the server: %d, %v", code, err)
			}
			again := log.of(newLog(t, s.Restart(t)))
			again.write(t, "ERROR", "payment", "refused 3")
			again.write(t, "INFO", "shop", "shipped")
			again.write(t, "ERROR", "payment", "refused 4")
			seen = append(seen, r.await(t, log.name("refused 4"))...)

			var got []string
			for _, line := range seen {
				if strings.Contains(line, log.mark) {
					got = append(got, line)
				}
			}
			want := []string{log.name("refused 1"), log.name("refused 2"), log.name("refused 3"), log.name("refused 4")}
			if len(got) != len(want) {
				t.Fatalf("got %q", got)
			}
			for i := range want {
				if !strings.Contains(got[i], want[i]) {
					t.Errorf("line %d is %q, want %q", i, got[i], want[i])
				}
			}
		})
	}
}

func TestCurl(t *testing.T) {
	s := server.Start(t, server.Plain, server.NewSettings(t, nil))
	snippets := blocks(t, "clients.md")
	log := newLog(t, s)
	log.write(t, "ERROR", "payment", "refused 1")
	live := runShell(t, s, local(s, snippets["curl"]))
	live.await(t, log.name("refused 1"))
	log.write(t, "INFO", "shop", "shipped")
	log.write(t, "ERROR", "payment", "refused 2")
	if lines := live.await(t, log.name("refused 2")); len(lines) != 1 {
		t.Errorf("got %q", lines)
	}

	behind := runShell(t, s, local(s, snippets["curl-resume"]))
	// The cursor is asked for at some time: what is written goes on until it is behind it.
	for n := 3; ; n++ {
		log.write(t, "ERROR", "payment", fmt.Sprintf("refused %d", n))
		line, err := behind.next(time.Second)
		if errors.Is(err, errQuiet) && n < 100 {
			continue
		}
		if err != nil || strings.Contains(line, log.name("refused 2")) || !strings.Contains(line, log.mark) {
			t.Fatalf("got %q, %v", line, err)
		}
		return
	}
}

// Every named block of the page is run.
func TestEveryClientIsRun(t *testing.T) {
	known := map[string]bool{"curl": true, "curl-resume": true, "wscat": true}
	for _, c := range append(changing, resuming...) {
		known[c.block] = true
	}
	for name := range blocks(t, "clients.md") {
		if !known[name] {
			t.Errorf("no test runs the block %s", name)
		}
		delete(known, name)
	}
	for name := range known {
		t.Errorf("the page has no block %s", name)
	}
	if strings.Count(page(t, "clients.md"), "\n```\n") != len(blocks(t, "clients.md")) {
		t.Error("the page has a block without a name, which no test runs")
	}
}

// log writes entries to a server, with a mark by which a test knows its own.
type log struct {
	client *client.Client
	mark   string
}

func newLog(t *testing.T, s *server.Server) *log {
	t.Helper()
	c, err := client.Dial(s.GRPC)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return &log{c, "mark-" + strings.ReplaceAll(filepath.Base(t.Name()), "_", "-")}
}

// of returns the other log with this one's mark.
func (l *log) of(other *log) *log { return &log{other.client, l.mark} }

// name returns the message that write makes of a text.
func (l *log) name(text string) string { return l.mark + " " + text }

func (l *log) write(t *testing.T, severity, service, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := l.client.Write(ctx, &loggerv1.LogEntry{
		Severity: loggerv1.Severity(loggerv1.Severity_value[severity]), Service: service, Message: l.name(text),
	}); err != nil {
		t.Fatal(err)
	}
}

// file writes a text into a file of its own and returns its path.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// wscat prints the last entries and every new one.
func TestWscat(t *testing.T) {
	s := server.Start(t, server.Plain, server.NewSettings(t, nil))
	log := newLog(t, s)
	log.write(t, "ERROR", "payment", "refused before")
	r := runWscat(t, s, local(s, blocks(t, "clients.md")["wscat"]))
	r.await(t, log.name("refused before"))
	log.write(t, "INFO", "payment", "accepted")
	log.write(t, "ERROR", "payment", "refused behind")
	for _, line := range r.await(t, log.name("refused behind")) {
		if strings.Contains(line, "accepted") {
			t.Errorf("%q is not selected", line)
		}
	}
}
