package client

import (
	"errors"
	"io"
	"time"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// Recv returns the next entry that matches, or the next notice (LogEntry.notice is set
// then). It blocks until there is one. The entry is the caller's own.
//
// A quiet end is io.EOF: the server has ended the stream well, as it does after CloseSend,
// or Close was called. Otherwise the error is the cause of the context, if that is done,
// or the status that the server or the transport ended the stream with.
func (s *Stream) Recv() (*loggerv1.LogEntry, error) {
	m, err := s.recv()
	if errors.Is(err, ErrClosed) {
		err = io.EOF
	}
	return m, err
}

func (s *Stream) recv() (*loggerv1.LogEntry, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.calls.Done()
	s.receiving.Lock()
	defer s.receiving.Unlock()
	for {
		m, err := s.receive()
		if m != nil || err != nil {
			return m, err
		}
	}
}

// receive returns the next message for the caller, an error if the stream has ended, and
// neither if there was something that is not for the caller.
func (s *Stream) receive() (*loggerv1.LogEntry, error) {
	if err := s.ended(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	l, overtaken := s.link, s.standing.told()
	s.mu.Unlock()
	if overtaken != 0 {
		return superseded(overtaken), nil
	}
	m, err := l.Recv()
	switch {
	case err != nil:
		return nil, s.lost(l, err)
	case !s.client.opts.reconnect:
		return m, nil
	case !l.alive:
		s.running(l)
	}
	if !s.read(l, m) {
		return nil, nil //nolint:nilnil // neither: see above.
	}
	return m, nil
}

// running notes that the server has answered on a link.
func (s *Stream) running(l *link) {
	l.alive = true
	if s.attempt > 0 {
		s.attempt = 0
		s.client.opts.onReconnect(0, nil, 0)
	}
}

// lost decides what follows from the end of a gRPC stream: another one, or the end of this
// Stream, whose reason it returns.
func (s *Stream) lost(l *link, err error) error {
	l.cancel()
	asked, again := transient(err)
	if l.goodbye != nil && (again || errors.Is(err, io.EOF) || isExpired(l.goodbye, err)) {
		asked, again = max(asked, l.goodbye.GetRetryAfter().AsDuration()), true
	}
	if ended := s.ended(); ended != nil {
		return ended
	}
	if !again || !s.client.opts.reconnect {
		s.end(err)
		return s.ended()
	}
	if l.alive && time.Since(l.opened) >= s.client.opts.backoff.Max {
		// Not after every link that ran: a server that dies of what it is sent would be
		// asked to do so without a pause.
		s.pace.Reset()
	}
	return s.reopen(err, asked)
}

// reopen opens another gRPC stream, however often it takes.
func (s *Stream) reopen(cause error, asked time.Duration) error {
	for {
		wait := s.pace.next(asked)
		s.attempt++
		s.client.opts.onReconnect(s.attempt, cause, wait)
		if err := s.sleep(wait); err != nil {
			return err
		}
		l, err := s.client.open(s.ctx)
		if err == nil {
			s.attach(l)
			return nil
		}
		if ended := s.ended(); ended != nil {
			return ended
		}
		var again bool
		if asked, again = transient(err); !again {
			s.end(err)
			return s.ended()
		}
		cause = err
	}
}

// sleep waits, but not beyond the end of the stream, whose reason it returns.
func (s *Stream) sleep(wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.ctx.Done():
	case <-s.client.closed:
	}
	return s.ended()
}

// attach goes on with another gRPC stream, from where the last one has come to.
func (s *Stream) attach(l *link) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.view.rebase()
	s.link = l
	if first := s.standing.resume(s.view.cursor); first != nil {
		l.resumed, l.sent = true, 1
		s.sendLocked(l, func() error { return l.Send(withNotices(first)) })
	}
	_ = s.flushLocked() // its error is the end of the stream, which receive looks for
}
