package tui_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
	"golang.org/x/term"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/apptest"
	"github.com/seed-2f16ea30/logsieve/internal/tui"
)

// patience is how long a test waits for what must happen: far longer than it takes.
const patience = 30 * time.Second

// screen is a terminal with a tui.Run on it, seen through an emulator.
type screen struct {
	t        *testing.T
	keys     *os.File
	tty      *os.File
	emulator vt10x.Terminal
	drawn    chan struct{} // something was drawn
	ended    chan error
	stop     context.CancelFunc
	before   *term.State
}

// open runs a screen of 80×24 for a server.
func open(t *testing.T, cfg tui.Config, address string) *screen {
	t.Helper()
	keys, tty, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	s := &screen{
		t: t, keys: keys, tty: tty, stop: cancel,
		emulator: vt10x.New(vt10x.WithSize(80, 24)), drawn: make(chan struct{}, 1), ended: make(chan error, 1),
	}
	s.resize(80, 24)
	if s.before, err = term.GetState(int(tty.Fd())); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		s.emulate()
	}()
	if cfg.Dial == nil {
		cfg.Dial = func(tell func(int, error, time.Duration)) (*client.Client, error) {
			return client.Dial(address, client.WithOnReconnect(tell))
		}
	}
	cfg.In, cfg.Out, cfg.Environ = tty, tty, []string{"TERM=xterm-256color"}
	go func() { s.ended <- tui.Run(ctx, cfg) }()
	t.Cleanup(func() {
		cancel()
		_ = tty.Close()
		<-read
		_ = keys.Close()
	})
	return s
}

func (s *screen) emulate() {
	buffer := make([]byte, 64<<10)
	for {
		n, err := s.keys.Read(buffer)
		if err != nil {
			return
		}
		_, _ = s.emulator.Write(buffer[:n])
		select {
		case s.drawn <- struct{}{}:
		default:
		}
	}
}

func (s *screen) resize(columns, rows int) {
	s.t.Helper()
	s.emulator.Resize(columns, rows)
	if err := pty.Setsize(s.keys, &pty.Winsize{Cols: uint16(columns), Rows: uint16(rows)}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *screen) press(keys string) {
	s.t.Helper()
	if _, err := s.keys.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// until waits until what is seen is as it should be.
func (s *screen) until(what string, ok func(seen string) bool) {
	s.t.Helper()
	late := time.After(patience)
	for !ok(s.emulator.String()) {
		select {
		case <-s.drawn:
		case err := <-s.ended:
			s.t.Fatalf("the screen ended with %v before: %s", err, what)
		case <-late:
			s.t.Fatalf("it does not happen: %s; the screen is:\n%s", what, s.emulator.String())
		}
	}
}

func (s *screen) sees(text string) {
	s.t.Helper()
	s.until("seeing "+text, func(seen string) bool { return strings.Contains(seen, text) })
}

// end waits for the end, and checks that the terminal is as it was.
func (s *screen) end() error {
	s.t.Helper()
	var err error
	select {
	case err = <-s.ended:
	case <-time.After(patience):
		s.t.Fatalf("the screen does not end:\n%s", s.emulator.String())
	}
	after, stateErr := term.GetState(int(s.tty.Fd()))
	if stateErr != nil {
		s.t.Fatal(stateErr)
	}
	if fmt.Sprint(*after) != fmt.Sprint(*s.before) {
		s.t.Errorf("the terminal's mode is %v, it was %v", *after, *s.before)
	}
	s.ended <- nil // for until, which looks for what was drawn last
	late := time.After(patience)
	for alternate, cursor := s.state(); alternate || !cursor; alternate, cursor = s.state() {
		select {
		case <-s.drawn:
		case <-late:
			s.t.Fatalf("the alternate screen is on: %v, the cursor is seen: %v", alternate, cursor)
		}
	}
	return err
}

// state tells whether the alternate screen is on, and whether the cursor is seen.
func (s *screen) state() (alternate, cursor bool) {
	s.emulator.Lock()
	defer s.emulator.Unlock()
	return s.emulator.Mode()&vt10x.ModeAltScreen != 0, s.emulator.CursorVisible()
}

func write(t *testing.T, address string, messages ...string) {
	t.Helper()
	c, err := client.Dial(address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // nothing is under way
	var entries []*loggerv1.LogEntry
	for _, m := range messages {
		entries = append(entries, &loggerv1.LogEntry{Service: "web", Severity: loggerv1.Severity_INFO, Message: m})
	}
	if _, err := c.Write(t.Context(), entries...); err != nil {
		t.Fatal(err)
	}
}

func newest() *loggerv1.LogFilter {
	return &loggerv1.LogFilter{Begin: &loggerv1.LogFilter_Last{Last: 100}}
}

func TestTheFilterIsReplacedWhileTheStreamRuns(t *testing.T) {
	server := apptest.Start(t, apptest.Config(t))
	write(t, server.GRPC, "apple one", "pear one")
	s := open(t, tui.Config{Filter: newest()}, server.GRPC)
	s.sees("pear one")
	s.press("apple")
	s.sees("in force: apple")
	s.until("only matches", func(seen string) bool {
		return strings.Contains(seen, "apple one") && !strings.Contains(seen, "pear")
	})
	write(t, server.GRPC, "pear two", "apple two")
	s.sees("apple two")
	// A mistake is pointed at, and what was in force runs on.
	s.press(" foo<3")
	s.sees("              ^^^")
	s.sees(`unknown field "foo"`)
	write(t, server.GRPC, "pear three", "apple three")
	s.until("the old filter running on", func(seen string) bool {
		return strings.Contains(seen, "apple three") && strings.Contains(seen, `unknown field "foo"`) && !strings.Contains(seen, "pear")
	})
	s.press("\x15service=w\t")
	s.sees("filter> service=web")
	s.sees("pear three")
	s.press("\x03")
	if err := s.end(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}

func TestPauseLosesNothing(t *testing.T) {
	server := apptest.Start(t, apptest.Config(t))
	write(t, server.GRPC, "before")
	s := open(t, tui.Config{Filter: newest()}, server.GRPC)
	s.sees("before")
	s.press("\r")
	s.sees("q quit")
	s.press(" ")
	s.sees("PAUSED")
	write(t, server.GRPC, "one", "two", "three")
	s.sees("PAUSED 3 waiting")
	s.press(" ")
	s.until("the rest", func(seen string) bool {
		return strings.Contains(seen, "one") && strings.Contains(seen, "two") && strings.Contains(seen, "three")
	})
	s.press("q")
	if err := s.end(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}

func TestResize(t *testing.T) {
	server := apptest.Start(t, apptest.Config(t))
	write(t, server.GRPC, "hello")
	s := open(t, tui.Config{Filter: newest()}, server.GRPC)
	s.sees("hello")
	for _, size := range [][2]int{{20, 4}, {1, 1}, {200, 60}, {60, 10}} {
		s.resize(size[0], size[1])
		signalResize(t)
	}
	s.until("the screen in its new size", func(seen string) bool {
		lines := strings.Split(strings.TrimRight(seen, "\n"), "\n")
		return len(lines) == 10 && strings.HasPrefix(lines[8], "filter>") && strings.Contains(seen, "hello")
	})
	s.press("\x03")
	if err := s.end(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}

func TestTheServerIsStoppedAndStartedAgain(t *testing.T) {
	cfg := apptest.Config(t)
	server := apptest.Start(t, cfg)
	cfg.GRPC.Address = server.GRPC
	write(t, server.GRPC, "before")
	s := open(t, tui.Config{Filter: newest()}, server.GRPC)
	s.sees("before")
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	s.sees("the connection is lost")
	s.sees("RECONNECTING")
	server = apptest.Start(t, cfg)
	write(t, server.GRPC, "after")
	s.sees("connected again")
	s.sees("after")
	s.until("nothing twice", func(seen string) bool { return strings.Count(seen, "before") == 1 })
	s.press("\x03")
	if err := s.end(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}

// What SIGTERM does: see cmd/logsieve.
func TestTheEndOfTheContextRestoresTheTerminal(t *testing.T) {
	server := apptest.Start(t, apptest.Config(t))
	s := open(t, tui.Config{Filter: newest()}, server.GRPC)
	s.sees("LIVE")
	s.stop()
	if err := s.end(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}

func TestAFirstFilterThatIsWrongIsAnError(t *testing.T) {
	server := apptest.Start(t, apptest.Config(t))
	s := open(t, tui.Config{Filter: &loggerv1.LogFilter{Query: "("}}, server.GRPC)
	if err := s.end(); err == nil || !strings.Contains(err.Error(), "parenthesis") {
		t.Errorf("it ended with %v", err)
	}
}

func TestNoServer(t *testing.T) {
	unreachable := errors.New("unreachable")
	cfg := tui.Config{Filter: newest(), Dial: func(func(int, error, time.Duration)) (*client.Client, error) { return nil, unreachable }}
	if err := open(t, cfg, "").end(); !errors.Is(err, unreachable) {
		t.Errorf("it ended with %v", err)
	}
}
