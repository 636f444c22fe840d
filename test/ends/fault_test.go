package ends

import (
	"context"
	"errors"
	"sync"

	"google.golang.org/grpc"
)

// fault is what goes wrong on the server with one stream, from a moment on. Its zero value
// is nothing.
type fault struct {
	// recv and send take the place of RecvMsg and SendMsg; nil leaves them alone. The
	// first filter always comes through.
	recv, send func() error
	// cause ends the context of the stream.
	cause error

	now  chan struct{} // closed from that moment on
	once sync.Once
}

// strike makes it happen.
func (f *fault) strike() { f.once.Do(func() { close(f.now) }) }

// errOnPurpose is an error that nobody knows: its text must not leave the server.
var errOnPurpose = errors.New("on purpose")

func fails() error  { return errOnPurpose }
func panics() error { panic("on purpose") }

// faulty is a stream of the server to which a fault happens.
type faulty struct {
	grpc.ServerStream
	ctx   context.Context // what Context returns
	fault *fault
	first bool // a filter was received; of the receiving goroutine
}

// Context returns the context that the fault may end.
func (s *faulty) Context() context.Context { return s.ctx }

// RecvMsg receives, until the fault strikes.
func (s *faulty) RecvMsg(m any) error {
	if !s.first || s.fault.recv == nil {
		s.first = true
		return s.ServerStream.RecvMsg(m)
	}
	select {
	case <-s.fault.now:
		return s.fault.recv()
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}

// SendMsg sends, until the fault strikes.
func (s *faulty) SendMsg(m any) error {
	select {
	case <-s.fault.now:
		if s.fault.send != nil {
			return s.fault.send()
		}
	default:
	}
	return s.ServerStream.SendMsg(m)
}

// around runs a handler on a stream to which a fault happens.
func (f *fault) around(srv any, stream grpc.ServerStream, next grpc.StreamHandler) error {
	ctx, cancel := context.WithCancelCause(stream.Context())
	defer cancel(nil)
	if f.cause != nil {
		stop := make(chan struct{})
		defer close(stop)
		go func() {
			select {
			case <-f.now:
				cancel(f.cause)
			case <-stop:
			}
		}()
	}
	return next(srv, &faulty{ServerStream: stream, ctx: ctx, fault: f})
}
