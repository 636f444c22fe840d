package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/seed-2f16ea30/logsieve/test/e2e/node"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// need skips a test whose tool the machine lacks.
func need(t *testing.T, tool string) {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		t.Skipf("%s is not on this machine: what the page shows of it is not tried", tool)
	}
}

// runGo runs a program of this module: it stands outside, and finds the packages from the
// directory that it is run in.
func runGo(t *testing.T, _ *server.Server, text string) *running {
	t.Helper()
	return run(t, server.Root(), "go", "run", file(t, "main.go", text))
}

// runNode runs a module beside the packages that it imports, in the top directory of the
// repository, where it finds the contract.
func runNode(t *testing.T, _ *server.Server, text string) *running {
	t.Helper()
	path := file(t, "client.mjs", text)
	if err := os.Symlink(node.Modules(t), filepath.Join(filepath.Dir(path), "node_modules")); err != nil {
		t.Fatal(err)
	}
	return run(t, server.Root(), "node", path)
}

// runBrowser runs a script on a page of the server; see browser.mjs.
func runBrowser(t *testing.T, s *server.Server, text string) *running {
	t.Helper()
	const chromium = "chromium"
	need(t, chromium)
	dir := t.TempDir()
	if err := os.Symlink(node.Modules(t), filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	driver, err := os.ReadFile("browser.mjs")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "browser.mjs"), driver, 0o600); err != nil {
		t.Fatal(err)
	}
	script := file(t, "script.js", text)
	return run(t, dir, "node", "browser.mjs", chromium, t.TempDir(), "http://"+s.HTTP+"/livez", script)
}

func runPython(t *testing.T, _ *server.Server, text string) *running {
	t.Helper()
	need(t, "python3")
	return run(t, t.TempDir(), "python3", file(t, "client.py", text))
}

func runRuby(t *testing.T, _ *server.Server, text string) *running {
	t.Helper()
	need(t, "ruby")
	return run(t, t.TempDir(), "ruby", file(t, "client.rb", text))
}

// runShell runs commands. bin/logsieve and grpcurl are the ones that the tests build.
func runShell(t *testing.T, _ *server.Server, text string) *running {
	t.Helper()
	return run(t, t.TempDir(), "bash", "-euc", text)
}

// runGrpcurl runs a command of grpcurl, which is built with the versions of its go.mod.
func runGrpcurl(t *testing.T, _ *server.Server, text string) *running {
	t.Helper()
	dir, err := grpcurl()
	if err != nil {
		t.Fatal(err)
	}
	return run(t, t.TempDir(), "bash", "-euc", `PATH="$0:$PATH"; `+text, dir)
}

// runWscat runs a command of wscat, which is among the packages of the tests.
func runWscat(t *testing.T, _ *server.Server, text string) *running {
	t.Helper()
	return run(t, t.TempDir(), "bash", "-euc", `PATH="$0:$PATH"; exec `+text, filepath.Join(node.Modules(t), ".bin"))
}

// grpcurl builds grpcurl once a process, and returns the directory that it is in.
var grpcurl = sync.OnceValues(func() (dir string, err error) {
	dir = filepath.Join(server.Root(), ".cache", "docs")
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "grpcurl"), "github.com/fullstorydev/grpcurl/cmd/grpcurl")
	build.Dir = "grpcurl"
	build.Env = append(build.Environ(), "GOFLAGS=-mod=readonly")
	if out, err := build.CombinedOutput(); err != nil {
		return "", &buildError{err, string(out)}
	}
	return dir, nil
})

// buildError is why a tool could not be built.
type buildError struct {
	err error
	out string
}

func (e *buildError) Error() string { return "go build: " + e.err.Error() + "\n" + e.out }
