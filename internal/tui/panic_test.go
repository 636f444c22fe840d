package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/creack/pty"
	"golang.org/x/term"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// faulty is a model that panics where it is told to.
type faulty struct{ inView bool }

func (f *faulty) Init() tea.Cmd { return nil }

func (f *faulty) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := msg.(tea.WindowSizeMsg); ok && !f.inView {
		panic("a mistake in Update")
	}
	return f, nil
}

func (f *faulty) View() tea.View {
	if f.inView {
		panic("a mistake in View")
	}
	return tea.View{AltScreen: true}
}

// A mistake of ours must not leave a terminal that shows nothing of what is typed.
func TestAPanicRestoresTheTerminal(t *testing.T) {
	t.Setenv("TEA_DEBUG", "")
	for _, inView := range []bool{false, true} {
		t.Run(fmt.Sprint("in View: ", inView), func(t *testing.T) {
			keys, tty, err := pty.Open()
			if err != nil {
				t.Skipf("no pseudo-terminals here: %v", err)
			}
			defer keys.Close() //nolint:errcheck // nothing is lost
			before, err := term.GetState(int(tty.Fd()))
			if err != nil {
				t.Fatal(err)
			}
			shown := make(chan string, 1)
			go func() {
				text, _ := io.ReadAll(keys) // ends with EIO once the other side is closed
				shown <- string(text)
			}()
			ctx, cancel := context.WithCancel(t.Context())
			stream := &fakeStream{incoming: make(chan *loggerv1.LogEntry)}
			context.AfterFunc(ctx, func() { close(stream.incoming) })
			s := newSession(&loggerv1.LogFilter{})
			s.stream = stream
			cfg := Config{In: tty, Out: tty, Environ: []string{"TERM=xterm"}}
			if err := s.play(ctx, cancel, &faulty{inView}, cfg); !errors.Is(err, ErrPanic) || !strings.Contains(err.Error(), "panic_test.go") {
				t.Errorf("it ended with %v", err)
			}
			after, err := term.GetState(int(tty.Fd()))
			if err != nil || fmt.Sprint(*after) != fmt.Sprint(*before) {
				t.Errorf("the mode is %v, it was %v: %v", after, before, err)
			}
			_ = tty.Close()
			const alternate = "\x1b[?1049"
			if text := <-shown; strings.LastIndex(text, alternate+"h") > strings.LastIndex(text, alternate+"l") {
				t.Errorf("the alternate screen stays: %q", text)
			}
		})
	}
}
