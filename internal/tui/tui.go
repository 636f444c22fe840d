package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// ErrPanic is what Run returns when there was a mistake in this package. What is known of
// it has been printed, on a terminal that is in order again.
var ErrPanic = errors.New("tui: the screen has failed")

// Dial makes the client of a screen, whose streams tell onReconnect what
// client.WithOnReconnect says.
type Dial func(onReconnect func(attempt int, err error, wait time.Duration)) (*client.Client, error)

// Config is what a screen shows, and where.
type Config struct {
	// Dial makes the client, which Run closes. Required.
	Dial Dial
	// Filter is the filter to begin with. Its query is what the filter line begins with,
	// its other parts stay, and so does where it begins: each filter that is typed shows
	// what it selects from there on.
	Filter *loggerv1.LogFilter
	// Server is what the status line calls the server. May be empty.
	Server string
	// In is what is typed, Out the screen. Both must be terminals. Required.
	In  io.Reader
	Out io.Writer
	// Environ are the variables of the environment: TERM, NO_COLOR and such.
	Environ []string
	// NoColor leaves only attributes such as bold, as NO_COLOR in the environment does.
	NoColor bool
	// UTC shows times in UTC instead of the local zone.
	UTC bool
}

// Run shows a screen until the user leaves it, ctx is done, or the first filter turns out
// to be wrong. It blocks until then. The error is what ended the stream, nil if the stream
// was still running, which is the usual end: being interrupted is none.
func Run(ctx context.Context, cfg Config) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := newSession(cfg.Filter)
	c, err := cfg.Dial(s.reconnecting)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // its streams have ended
	stream, err := c.Monitor(ctx)
	if err != nil {
		return err
	}
	defer stream.Close() //nolint:errcheck // returns nil
	s.stream, s.fields = stream, c.Fields

	m := newModel(cfg, s)
	if err := s.play(ctx, cancel, m, cfg); err != nil {
		return err
	}
	return m.ended
}

// play runs a program and the session's goroutines until the program ends, and then those.
func (s *session) play(ctx context.Context, cancel context.CancelFunc, m tea.Model, cfg Config) error {
	s.stop = cancel
	p := tea.NewProgram(&contained{m, s}, options(cfg)...)
	var running sync.WaitGroup
	s.start(ctx, &running, p)
	running.Go(func() {
		<-ctx.Done()
		p.Quit() // not tea.WithContext: a killed program does not draw its end
	})
	_, err := p.Run()
	cancel()
	running.Wait()
	switch {
	case s.fault() != nil:
		return s.fault()
	case errors.Is(err, tea.ErrProgramPanic):
		return fmt.Errorf("%w: %w", ErrPanic, err)
	case err != nil:
		return fmt.Errorf("the terminal cannot be used: %w", err)
	}
	return nil
}

func options(cfg Config) []tea.ProgramOption {
	opts := []tea.ProgramOption{
		tea.WithInput(cfg.In), tea.WithOutput(cfg.Out), tea.WithEnvironment(cfg.Environ),
		// Signals end the context, which is the caller's.
		tea.WithoutSignalHandler(),
	}
	if cfg.NoColor {
		opts = append(opts, tea.WithColorProfile(colorprofile.ASCII))
	}
	return opts
}
