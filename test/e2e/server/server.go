package server

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Server is a process that serves.
type Server struct {
	// GRPC, HTTP, OTLPGRPC, OTLPHTTP and Admin are its addresses, as host:port.
	GRPC, HTTP, OTLPGRPC, OTLPHTTP, Admin string

	settings Settings
	binary   string
	command  *exec.Cmd
	errors   *output
	ended    chan struct{} // closed when the process has ended
}

// How long a server may take to start and to end, with the race detector on a machine
// that is shared.
const (
	startTime = 30 * time.Second
	endTime   = 30 * time.Second
)

// Start runs a server of a build and returns once it serves.
func Start(tb testing.TB, b *build, settings Settings) *Server {
	tb.Helper()
	s := &Server{binary: b.Path(tb), settings: settings}
	s.start(tb)
	return s
}

// Restart runs a server again with the same settings. The last one must have ended.
func (s *Server) Restart(tb testing.TB) *Server {
	tb.Helper()
	again := &Server{binary: s.binary, settings: s.settings}
	again.start(tb)
	return again
}

func (s *Server) start(tb testing.TB) {
	tb.Helper()
	text := func(key string) string { return fmt.Sprint(s.settings[key]) }
	s.GRPC, s.HTTP, s.Admin = text("grpc.address"), text("http.address"), text("admin.address")
	s.OTLPGRPC, s.OTLPHTTP = text("otlp.grpc_address"), text("otlp.http_address")

	s.command = exec.Command(s.binary, "serve", "--config", s.settings.write(tb)) //nolint:gosec // G204: the binary under test.
	// A group of its own: an interrupt at the terminal is for the test, which then ends
	// the server.
	s.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	s.command.Env = append(s.command.Environ(), "GORACE=exitcode=66")
	s.errors = newOutput()
	s.command.Stderr = s.errors
	if err := s.command.Start(); err != nil {
		tb.Fatal(err)
	}
	s.ended = make(chan struct{})
	go func() {
		defer close(s.ended)
		_ = s.command.Wait() // the state of the process says the same
		s.errors.end()
	}()
	tb.Cleanup(func() { s.cleanUp(tb) })
	s.AwaitLog(tb, `"msg":"serving"`)
}

// AwaitLog waits until the server has written a line with this text.
func (s *Server) AwaitLog(tb testing.TB, text string) {
	tb.Helper()
	if !s.errors.await(startTime, func(line string) bool { return strings.Contains(line, text) }) {
		tb.Fatalf("the server has not written %s:\n%s", text, s.errors)
	}
}

// cleanUp ends the process if the test has not, and looks at what it has left behind.
func (s *Server) cleanUp(tb testing.TB) {
	tb.Helper()
	if s.Running() {
		if n := s.Metric(tb, "logsieve_stream_entries_unaccounted_total"); n != 0 {
			tb.Errorf("%v entries are unaccounted for by the server's own books", n)
		}
		if code, err := s.Stop(syscall.SIGTERM); err != nil || code != 0 {
			tb.Errorf("stopping the server: exit code %d, %v", code, err)
		}
	}
	log := s.errors.String()
	for _, trouble := range []string{"WARNING: DATA RACE", "panic", "fatal error:", `"level":"ERROR"`} {
		if i := strings.Index(log, trouble); i >= 0 {
			const most = 8000
			tb.Errorf("the server wrote %q:\n%s", trouble, log[i:min(len(log), i+most)])
		}
	}
}

// Running tells whether the process has not ended.
func (s *Server) Running() bool {
	select {
	case <-s.ended:
		return false
	default:
		return true
	}
}

// Signal sends a signal.
func (s *Server) Signal(signal syscall.Signal) error { return s.command.Process.Signal(signal) }

// Stop sends a signal and waits until the process has ended. It returns its exit code,
// -1 if a signal ended it. One that does not end is killed, and that is an error.
func (s *Server) Stop(signal syscall.Signal) (code int, err error) {
	if err := s.Signal(signal); err != nil {
		return 0, err
	}
	return s.Wait()
}

// Wait waits until the process has ended, as Stop does.
func (s *Server) Wait() (code int, err error) {
	select {
	case <-s.ended:
	case <-time.After(endTime):
		err = errors.Join(errors.New("the server did not end, and was killed"), s.command.Process.Kill())
		<-s.ended
	}
	return s.command.ProcessState.ExitCode(), err
}

// PID returns the id of the process.
func (s *Server) PID() int { return s.command.Process.Pid }

// Dir returns the data directory.
func (s *Server) Dir() string { return fmt.Sprint(s.settings["store.dir"]) }

// Log returns what the server has written to standard error.
func (s *Server) Log() string { return s.errors.String() }
