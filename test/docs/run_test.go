package docs

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long a line that must come may take: on a shared machine a compiler
// may run first.
const patience = time.Minute

// running is a program whose output is read line by line.
type running struct {
	command *exec.Cmd
	stdin   io.WriteCloser
	lines   chan string // closed when there will be no more
	stderr  bytes.Buffer
}

// run starts a program in a directory. It ends with the test at the latest.
func run(t *testing.T, dir, name string, args ...string) *running {
	t.Helper()
	r := &running{command: exec.Command(name, args...), lines: make(chan string)}
	r.command.Dir = dir
	r.command.Stderr = &r.stderr
	// A group of its own, so that it can be ended with whatever it has started.
	r.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err := r.command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := r.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.stdin = stdin
	if err := r.command.Start(); err != nil {
		t.Fatal(err)
	}
	go r.read(stdout)
	t.Cleanup(func() { r.end(t) })
	return r
}

func (r *running) read(stdout io.Reader) {
	defer close(r.lines)
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		r.lines <- lines.Text()
	}
}

// end ends the program and whatever it has started.
func (r *running) end(t *testing.T) {
	t.Helper()
	_ = syscall.Kill(-r.command.Process.Pid, syscall.SIGKILL) // it may have ended by itself
	for range r.lines {
	}
	_ = r.command.Wait() // it was killed
	if t.Failed() {
		t.Logf("%v wrote to standard error:\n%s", r.command.Args, r.stderr.String())
	}
}

// write writes a line to the program.
func (r *running) write(t *testing.T, line string) {
	t.Helper()
	if _, err := io.WriteString(r.stdin, line+"\n"); err != nil {
		t.Fatal(err)
	}
}

// next returns the next line, and whether there was one within this time.
func (r *running) next(within time.Duration) (line string, err error) {
	timeout := time.NewTimer(within)
	defer timeout.Stop()
	select {
	case line, ok := <-r.lines:
		if !ok {
			return "", io.EOF
		}
		return line, nil
	case <-timeout.C:
		return "", errQuiet
	}
}

var errQuiet = errors.New("nothing was printed in time")

// await returns the lines up to one with a text in it.
func (r *running) await(t *testing.T, text string) []string {
	t.Helper()
	var seen []string
	for {
		line, err := r.next(patience)
		if err != nil {
			t.Fatalf("no line with %q: %v, after\n%s", text, err, strings.Join(seen, "\n"))
		}
		seen = append(seen, line)
		if strings.Contains(line, text) {
			return seen
		}
	}
}
