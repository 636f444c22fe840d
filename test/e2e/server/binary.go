package server

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// binaryVariable names a binary that is tested in place of one that is built.
const binaryVariable = "LOGSIEVE_BINARY"

// build is one build of the binary, done when it is first needed.
type build struct {
	flags []string
	once  sync.Once
	dir   string
	path  string
	err   error
}

var (
	// Checked is built with the race detector: what tests of behaviour run.
	Checked = &build{flags: []string{"-race"}}
	// Plain is built as it is shipped: what measurements run.
	Plain = &build{flags: []string{"-trimpath"}}
)

// Path returns the path of the binary, building it if need be.
func (b *build) Path(tb testing.TB) string {
	tb.Helper()
	b.once.Do(func() { b.path, b.err = b.make() })
	if b.err != nil {
		tb.Fatal(b.err)
	}
	return b.path
}

func (b *build) make() (string, error) {
	if path := os.Getenv(binaryVariable); path != "" {
		return filepath.Abs(path)
	}
	// Not the directory of a test: the binary outlives the test that needs it first.
	dir, err := os.MkdirTemp("", "logsieve-e2e-")
	if err != nil {
		return "", err
	}
	b.dir = dir
	path := filepath.Join(dir, "logsieve")
	command := exec.Command("go", append(append([]string{"build", "-o", path}, b.flags...), "./cmd/logsieve")...) //nolint:gosec // G204: our own arguments.
	command.Dir = Root()
	if out, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
}

// Clean removes what was built. Call it when all tests have ended.
func Clean() {
	for _, b := range []*build{Checked, Plain} {
		if b.dir != "" {
			_ = os.RemoveAll(b.dir) // it is a temporary directory: the system clears it, too
		}
	}
}

// Root returns the top directory of the repository: the one with go.mod, above the working
// directory of the first test that asks. Not from the place of this file, which a binary that
// was built with -trimpath does not know.
func Root() string { return root() }

var root = sync.OnceValue(func() string {
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil || dir == filepath.Dir(dir) {
			break
		}
	}
	return dir
})
