package docs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/config"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

const startPage = "getting-started.md"

// built makes bin/logsieve of a text the binary under test.
func built(t *testing.T, text string) string {
	t.Helper()
	return strings.ReplaceAll(text, "bin/logsieve", server.Plain.Path(t))
}

// runCommand runs what the page types, for a server that is running.
func runCommand(t *testing.T, s *server.Server, text string) *running {
	t.Helper()
	return runShell(t, s, "export LOGSIEVE_SERVER="+s.GRPC+"\n"+local(s, built(t, text)))
}

// Each way to send a log brings what the page sends, with its severity and its attribute.
func TestWaysIn(t *testing.T) {
	s := server.Start(t, server.Plain, server.NewSettings(t, nil))
	named := blocks(t, startPage)
	for _, way := range []struct {
		block, order, service string
		run                   func(*testing.T, *server.Server, string) *running
	}{
		{"send", "o-7", "checkout", runCommand},
		{"post", "o-8", "payment", runCommand},
		{"otel", "o-9", "checkout", func(t *testing.T, s *server.Server, text string) *running {
			t.Helper()
			return runNode(t, s, local(s, text))
		}},
		{"otlp", "o-10", "checkout", runCommand},
	} {
		t.Run(way.block, func(t *testing.T) {
			r := way.run(t, s, named[way.block])
			if _, err := r.rest(); err != nil {
				t.Fatal(err)
			}
			entries := list(t, s, fmt.Sprintf("attributes.order=%s service=%s severity=ERROR message=\"card declined\"", way.order, way.service))
			if len(entries) != 1 {
				t.Errorf("the log has %d such entries", len(entries))
			}
		})
	}
}

// list returns the retained entries that match a query.
func list(t *testing.T, s *server.Server, query string) []*loggerv1.LogEntry {
	t.Helper()
	c := newLog(t, s).client
	var entries []*loggerv1.LogEntry
	for e, err := range c.List(t.Context(), &loggerv1.ListEntriesRequest{Query: query}) {
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	return entries
}

func TestWatching(t *testing.T) {
	s := server.Start(t, server.Plain, server.NewSettings(t, nil))
	named := blocks(t, startPage)
	log := newLog(t, s)
	log.write(t, "WARN", "shop", "slow")
	log.write(t, "WARN", "shop", "healthz")
	for block, hidden := range map[string]string{"tail": "healthz", "curl": "calm"} {
		r := runCommand(t, s, named[block])
		r.await(t, "slow")
		log.write(t, "WARN", "shop", hidden+" is not selected")
		if hidden == "calm" {
			log.write(t, "INFO", "shop", hidden)
		}
		log.write(t, "ERROR", "shop", "down "+block)
		for _, line := range r.await(t, "down "+block) {
			if strings.HasSuffix(line, hidden) || block == "tail" && strings.Contains(line, hidden) {
				t.Errorf("%s prints %q", block, line)
			}
		}
	}
}

// The options of the table are options of the command.
func TestOptionsOfTail(t *testing.T) {
	help, err := run(t, t.TempDir(), server.Plain.Path(t), "tail", "--help").rest()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range table(t, startPage, "To", "Add") {
		for _, option := range regexp.MustCompile(`--[a-z-]+`).FindAllString(row[1], -1) {
			if !strings.Contains(help, option) {
				t.Errorf("tail has no %s", option)
			}
		}
	}
}

func TestResuming(t *testing.T) {
	s := server.Start(t, server.Plain, server.NewSettings(t, nil))
	log := newLog(t, s)
	log.write(t, "INFO", "shop", "one")
	log.write(t, "INFO", "shop", "two")
	// What came after the cursor was taken: here it is written between the two commands.
	text := strings.Replace(blocks(t, startPage)["resume"], "\n",
		"\ncurl -sS --json '[{\"message\": \"three\"}]' http://127.0.0.1:8080/logs >&2\n", 1)
	out, err := runCommand(t, s, text).rest()
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(strings.TrimSpace(out), "\n"); len(lines) != 1 || !strings.HasSuffix(lines[0], "three") {
		t.Errorf("got %q", lines)
	}
}

// Each command that serves serves, and takes in what it says.
func TestServing(t *testing.T) {
	for _, block := range []string{"serve", "serve-stdin", "serve-files"} {
		t.Run(block, func(t *testing.T) {
			dir := t.TempDir()
			line := []byte(`{"level": "error", "msg": "disk failing"}` + "\n")
			if err := os.WriteFile(filepath.Join(dir, "disk.log"), line, 0o600); err != nil {
				t.Fatal(err)
			}
			settings := server.NewSettings(t, nil)
			text := built(t, blocks(t, startPage)[block])
			text = strings.ReplaceAll(text, "/var/log/shop", dir)
			text = environment(settings) + "my-program() { cat " + dir + "/disk.log -; }\n{ " + text + "} 2>&1"
			runShell(t, nil, text).await(t, `"msg":"serving"`)
			if block == "serve" {
				return
			}
			c, err := client.Dial(fmt.Sprint(settings["grpc.address"]))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = c.Close() })
			filter := &loggerv1.LogFilter{
				Query: `severity=ERROR message="disk failing"`, Begin: &loggerv1.LogFilter_Last{Last: 1},
			}
			for entry, err := range c.Tail(t.Context(), filter) {
				if err != nil {
					t.Fatal(err)
				}
				if block == "serve-files" && entry.GetService() != "disk" {
					t.Errorf("the service is %q", entry.GetService())
				}
				break
			}
		})
	}
}

// environment sets the variables of settings, as a shell does.
func environment(settings server.Settings) string {
	var text strings.Builder
	for _, key := range config.Keys() {
		if value, ok := settings[key.Name]; ok {
			fmt.Fprintf(&text, "export %s=%q\n", key.Env, fmt.Sprint(value))
		}
	}
	return text.String()
}

// The exporter of the collector sends to where a server listens by default.
func TestCollector(t *testing.T) {
	var pipeline struct {
		Exporters map[string]struct{ Endpoint string }
		Service   struct {
			Pipelines struct{ Logs struct{ Exporters []string } }
		}
	}
	if err := yaml.Unmarshal([]byte(blocks(t, startPage)["collector"]), &pipeline); err != nil {
		t.Fatal(err)
	}
	used := pipeline.Service.Pipelines.Logs.Exporters
	if len(used) != 1 || pipeline.Exporters[used[0]].Endpoint != "http://"+config.Default().OTLP.HTTPAddress {
		t.Errorf("got %+v", pipeline)
	}
}

// What is made on the pages can be made.
func TestTargets(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(server.Root(), "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range pages(t) {
		for _, m := range regexp.MustCompile("(?m)(?:^|`)make ([a-z-]+)").FindAllStringSubmatch(page(t, name), -1) {
			if !slices.Contains(strings.Split(string(makefile), "\n"), ".PHONY: "+m[1]) {
				t.Errorf("%s: there is nothing to make %s", name, m[1])
			}
		}
	}
}

// rest returns all that a program prints until it ends, and an error unless it ends well.
func (r *running) rest() (string, error) {
	var out strings.Builder
	for {
		line, err := r.next(patience)
		if errors.Is(err, errQuiet) {
			return "", err
		}
		if err != nil {
			break
		}
		out.WriteString(line + "\n")
	}
	if err := r.command.Wait(); err != nil {
		return "", fmt.Errorf("%w: %s", err, r.stderr.String())
	}
	return out.String(), nil
}
