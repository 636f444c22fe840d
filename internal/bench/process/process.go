package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"
)

// ErrUnknown is returned where the system does not tell what another process uses.
var ErrUnknown = errors.New("what a process uses is known on Linux only")

// Process is a program that runs. Its methods are safe for concurrent use.
type Process struct {
	command *exec.Cmd
	input   io.Closer     // ends standard input
	ended   chan struct{} // closed when it has ended
	lines   chan string   // what it writes, until nobody asks any more

	mu   sync.Mutex
	tail []string // the last lines that it wrote
}

const (
	// linesKept is how much of what a process wrote is told when it fails.
	linesKept = 20
	// endTime is how long a process may take to end before it is killed.
	endTime = 20 * time.Second
	// longestLine is what a process may write in one line.
	longestLine = 1 << 20
)

// Start runs a program with these variables, as name=value, and those of this process but
// for the ones that begin with LOGSIEVE_: a configuration of the user's would be measured
// otherwise. It must be ended with Stop.
func Start(variables []string, name string, args ...string) (*Process, error) {
	p := &Process{
		command: exec.Command(name, args...), //nolint:gosec,noctx // G204: to run it is the job; Stop ends it.
		ended:   make(chan struct{}), lines: make(chan string, linesKept),
	}
	p.command.SysProcAttr = ownGroup()
	p.command.Env = slices.Clone(variables)
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "LOGSIEVE_") {
			p.command.Env = append(p.command.Env, variable)
		}
	}
	input, err := p.command.StdinPipe()
	if err != nil {
		return nil, err
	}
	p.input = input
	output, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.command.Stderr = p.command.Stdout // both in one pipe
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("run %s: %w", name, err)
	}
	go p.watch(output)
	return p, nil
}

// watch reads what the process writes, to its end. It ends with the process.
func (p *Process) watch(output io.Reader) {
	defer close(p.ended)
	defer close(p.lines)
	scanner := bufio.NewScanner(output)
	scanner.Buffer(nil, longestLine)
	for scanner.Scan() {
		line := scanner.Text()
		p.mu.Lock()
		p.tail = append(p.tail, line)
		p.tail = p.tail[max(0, len(p.tail)-linesKept):]
		p.mu.Unlock()
		select {
		case p.lines <- line:
		default: // nobody waits for one any more
		}
	}
	_, _ = io.Copy(io.Discard, output) // after a line that was too long
	_ = p.command.Wait()               // its state says the same
}

// AwaitLine waits until the process writes a line of which is is true, and returns it. It
// is for the first few lines.
func (p *Process) AwaitLine(ctx context.Context, is func(line string) bool) (string, error) {
	for {
		select {
		case line, ok := <-p.lines:
			switch {
			case !ok:
				return "", fmt.Errorf("%s has ended:\n%s", p.command.Path, p.Tail())
			case is(line):
				return line, nil
			}
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
	}
}

// Tail returns the last lines that the process wrote.
func (p *Process) Tail() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.tail, "\n")
}

// PID returns the number of the process.
func (p *Process) PID() int { return p.command.Process.Pid }

// Stop ends the process by an interrupt and the end of its standard input, and after 20
// seconds by force. It fails if the process ended with an error.
func (p *Process) Stop() error {
	_ = p.input.Close() // it may have ended by itself
	_ = p.command.Process.Signal(os.Interrupt)
	timer := time.NewTimer(endTime)
	defer timer.Stop()
	select {
	case <-p.ended:
	case <-timer.C:
		_ = p.command.Process.Kill()
		<-p.ended
	}
	if state := p.command.ProcessState; state == nil || !state.Success() {
		return fmt.Errorf("%s ended with %v:\n%s", p.command.Path, state, p.Tail())
	}
	return nil
}
