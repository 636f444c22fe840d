// Package program runs other programs beside a test: peers in other languages, whose
// output is read line by line as it comes.
//
// A program that a test has started ends with it at the latest.
package program

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Program is a running program.
type Program struct {
	command *exec.Cmd
	stdin   io.WriteCloser
	stderr  bytes.Buffer
	ended   chan struct{} // closed when all output was handled and the process has ended

	mu sync.Mutex // one writer to stdin at a time
}

// endTime is how long a program may take to end once it was asked to.
const endTime = 10 * time.Second

// Start runs a program in a directory. handle is called with every line that it writes,
// on one goroutine.
func Start(tb testing.TB, dir string, handle func(line []byte), name string, args ...string) *Program {
	tb.Helper()
	p := &Program{command: exec.Command(name, args...), ended: make(chan struct{})} //nolint:gosec // G204: run by tests.
	p.command.Dir = dir
	p.command.Stderr = &p.stderr
	// A group of its own, so that it can be ended with whatever it has started.
	p.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err := p.command.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	p.stdin = stdin
	if err := p.command.Start(); err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	go p.read(stdout, handle)
	tb.Cleanup(func() {
		if err := p.End(); err != nil {
			tb.Errorf("%s: %v", name, err)
		}
		if tb.Failed() && p.stderr.Len() > 0 {
			tb.Logf("%s %v wrote:\n%s", name, args, p.stderr.String())
		}
	})
	return p
}

func (p *Program) read(from io.Reader, handle func([]byte)) {
	defer close(p.ended)
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			break // what has no end was cut off, and is no line
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			handle(line)
		}
	}
	_ = p.command.Wait() // the state of the process says the same
}

// Send writes a value to the program's standard input, as one line of JSON.
func (p *Program) Send(value any) error {
	line, err := json.Marshal(value)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err = p.stdin.Write(append(line, '\n'))
	return err
}

// Terminate ends the program with SIGTERM and waits for it. SIGINT would not do: a shell
// that runs the tests in the background has it ignored by all that they start.
func (p *Program) Terminate() error {
	return p.end(func() error { return p.command.Process.Signal(syscall.SIGTERM) })
}

// End ends the program by closing its standard input, and waits for it. One that does not
// end by that is killed. It may be called more than once.
func (p *Program) End() error { return p.end(p.stdin.Close) }

// Kill ends the program at once, as if the machine were switched off.
func (p *Program) Kill() error {
	return p.end(func() error { return syscall.Kill(-p.command.Process.Pid, syscall.SIGKILL) })
}

func (p *Program) end(ask func() error) error {
	select {
	case <-p.ended:
		return nil
	default:
	}
	_ = ask() // it may have ended by itself
	select {
	case <-p.ended:
		return nil
	case <-time.After(endTime):
		err := errors.Join(errors.New("it did not end, and was killed"), syscall.Kill(-p.command.Process.Pid, syscall.SIGKILL))
		<-p.ended
		return err
	}
}

// Ended is closed when the program has ended and all its output was handled.
func (p *Program) Ended() <-chan struct{} { return p.ended }

// ExitCode waits for the program and returns its exit code, -1 if a signal ended it.
func (p *Program) ExitCode() int {
	<-p.ended
	return p.command.ProcessState.ExitCode()
}
