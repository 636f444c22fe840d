// Package node runs the programs of this folder, which use the packages that people use
// in Node.js: ws, grpc-js, eventsource and the OpenTelemetry SDK.
package node

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/seed-2f16ea30/logsieve/test/e2e/program"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// Event is what a program says. Its fields beside Event depend on that; see the programs.
type Event struct {
	// Event is the name of the event.
	Event string `json:"event"`
	// Message is a LogEntry, ID the id of a server-sent event.
	Message json.RawMessage `json:"message"`
	ID      string          `json:"id"`
	// Error is the status of an error frame, or a text.
	Error json.RawMessage `json:"error"`
	// Code and Reason say how a connection has ended.
	Code   uint32 `json:"code"`
	Reason string `json:"reason"`
	// Count and Errors are what an exporter has done.
	Count  int      `json:"count"`
	Errors []string `json:"errors"`
}

// Start runs a program of this folder. handle is called with every event, on one
// goroutine.
func Start(tb testing.TB, handle func(Event), script string, args ...string) *program.Program {
	tb.Helper()
	dir := install(tb)
	return program.Start(tb, dir, func(line []byte) {
		var event Event
		if err := json.Unmarshal(line, &event); err != nil {
			event = Event{Event: "failed", Reason: fmt.Sprintf("%s wrote %q", script, line)}
		}
		handle(event)
	}, "node", append([]string{script}, args...)...)
}

// installed installs the packages once a process.
var installed = sync.OnceValue(func() error { return Install(directory()) })

// Install installs the packages of a folder as its package-lock.json pins them, unless
// they are there already. It asks the registry, and takes as long as that takes.
func Install(dir string) error {
	lock, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(lock)
	stamp, mark := filepath.Join(dir, "node_modules", ".installed"), []byte(hex.EncodeToString(sum[:]))
	if have, err := os.ReadFile(stamp); err == nil && bytes.Equal(have, mark) {
		return nil
	}
	command := exec.Command("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	command.Dir = dir
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	return os.WriteFile(stamp, mark, 0o600) //nolint:gosec // G703: a folder of the sources.
}

// Modules returns the folder of the installed packages, node_modules.
func Modules(tb testing.TB) string {
	tb.Helper()
	return filepath.Join(install(tb), "node_modules")
}

func install(tb testing.TB) (dir string) {
	tb.Helper()
	if err := installed(); err != nil {
		tb.Fatal(err)
	}
	return directory()
}

func directory() string { return filepath.Join(server.Root(), "test", "e2e", "node") }
