package soak

import (
	"bytes"
	"fmt"
	"maps"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// process is a server that may be in trouble: it may refuse to start, and say so.
type process struct {
	command *exec.Cmd
	ended   chan struct{}

	mu     sync.Mutex
	output bytes.Buffer
}

// Write takes in what the process says.
func (p *process) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.Write(text)
}

func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.String()
}

// newSettings returns settings for a server that a crowd watches from one address, over few
// connections.
func newSettings(t *testing.T, more server.Settings) server.Settings {
	t.Helper()
	settings := server.NewSettings(t, server.Settings{
		"log.level": "info", "network.max_connections_per_address": 4_096, "grpc.max_streams": 1_024,
	})
	maps.Copy(settings, more)
	return settings
}

// launch runs the binary and returns once it serves or has ended.
func launch(t *testing.T, settings server.Settings) (p *process, serves bool) {
	t.Helper()
	p = &process{command: exec.Command(server.Plain.Path(t), "serve"), ended: make(chan struct{})}
	p.command.Dir = t.TempDir()
	for key, value := range settings {
		name := "LOGSIEVE_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
		p.command.Env = append(p.command.Environ(), fmt.Sprintf("%s=%v", name, value))
	}
	p.command.Stderr = p
	p.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	must(t, p.command.Start())
	go func() {
		defer close(p.ended)
		_ = p.command.Wait() // what it has said tells
	}()
	t.Cleanup(func() { p.stop(syscall.SIGKILL) })
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if strings.Contains(p.said(), `"msg":"serving"`) {
			return p, true
		}
		select {
		case <-p.ended:
			return p, false
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatalf("the server neither serves nor ends:\n%s", p.said())
	return nil, false
}

// stop ends the process, if it has not ended.
func (p *process) stop(signal syscall.Signal) {
	_ = p.command.Process.Signal(signal) // it may have ended
	<-p.ended
}
