package client

import (
	"io"

	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// sendDirect sends without reconnecting: one caller after the other.
func (s *Stream) sendDirect(send func() error) error {
	s.direct.Lock()
	defer s.direct.Unlock()
	if s.half {
		return errHalfClosed
	}
	err := send()
	if ended := s.ended(); ended != nil {
		return ended
	}
	if err != nil {
		return io.EOF
	}
	return nil
}

// flushLocked sends what is to be sent, if the link is free. Whoever finds it taken leaves
// the filter where it is: the one who is sending looks again before it stops. So there are
// never two SendMsg, and nobody waits for one. It unlocks mu while it sends.
func (s *Stream) flushLocked() error {
	for l := s.link; l != nil && !l.sending; l = s.link {
		send := s.nextLocked(l)
		if send == nil {
			break
		}
		s.sendLocked(l, send)
	}
	return s.ended()
}

// sendLocked does one thing on a link that is free, with mu unlocked. What goes wrong is
// for Recv to find out: it has the reason.
func (s *Stream) sendLocked(l *link, send func() error) {
	l.sending = true
	s.mu.Unlock()
	err := send()
	s.mu.Lock()
	l.sending = false
	l.broken = l.broken || err != nil
}

// nextLocked returns what is to be done next on a link, or nil.
func (s *Stream) nextLocked(l *link) func() error {
	if l.broken || l.half || l.resumed && !l.answered {
		return nil
	}
	if f := s.standing.take(l.sent + 1); f != nil {
		l.sent++
		return func() error { return l.Send(withNotices(f)) }
	}
	if s.half && s.standing.held == nil {
		l.half = true
		return l.CloseSend
	}
	return nil
}

// withNotices returns a filter as it is sent where the stream may have to be resumed.
func withNotices(f *loggerv1.LogFilter) *loggerv1.LogFilter {
	if f.GetNotices() {
		return f
	}
	f = proto.CloneOf(f)
	f.Notices = true
	return f
}
