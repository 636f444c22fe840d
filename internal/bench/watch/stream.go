package watch

import (
	"context"
	"errors"
	"sync"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/bench/load"
)

// Receiver takes what a stream is sent, in order. A stream whose receiver does not return
// reads nothing.
type Receiver interface {
	// Entry takes an entry of the log.
	Entry(id load.ID)
	// Notice takes a word of the server about the stream.
	Notice(n *loggerv1.LogEntry)
}

// Stream is an open stream.
type Stream struct {
	live     chan struct{} // closed when the server has said that it is live
	liveOnce sync.Once
	ended    chan struct{} // closed when nothing more comes; then err says why
	err      error
	// halfClose tells the server that there will be no more filters, cancel that the
	// stream is of no more use.
	halfClose func() error
	cancel    func()
}

var errEnded = errors.New("the server has ended the stream")

// Live waits until the stream has caught up with the log: what is written from then on
// comes as it is written. The filter must have asked for notices.
func (s *Stream) Live(ctx context.Context) error {
	select {
	case <-s.live:
		return nil
	case <-s.ended:
		if s.err != nil {
			return s.err
		}
		return errEnded
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Finish half-closes the stream, which makes the server send all that is stored and
// matches and then end it, and waits for that. It returns what the server ended the
// stream with.
func (s *Stream) Finish(ctx context.Context) error {
	if err := s.halfClose(); err != nil {
		s.Abort()
		return err
	}
	return s.Wait(ctx)
}

// Wait waits until the server ends the stream, and returns with what.
func (s *Stream) Wait(ctx context.Context) error {
	select {
	case <-s.ended:
		s.cancel()
		return s.err
	case <-ctx.Done():
		s.Abort()
		return context.Cause(ctx)
	}
}

// Abort cuts the stream off and waits for its goroutine.
func (s *Stream) Abort() {
	s.cancel()
	<-s.ended
}

// start returns a stream whose goroutine calls receive, which returns at the end of the
// stream, nil if that is as it should be.
func start(receive func(s *Stream) error, halfClose func() error, cancel func()) *Stream {
	s := &Stream{live: make(chan struct{}), ended: make(chan struct{}), halfClose: halfClose, cancel: cancel}
	go func() {
		defer close(s.ended)
		s.err = receive(s)
	}()
	return s
}

// notice hands a notice on.
func (s *Stream) notice(n *loggerv1.LogEntry, to Receiver) {
	if n.GetNotice().GetCaughtUp() != nil {
		s.liveOnce.Do(func() { close(s.live) })
	}
	to.Notice(n)
}
