package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// Stream is a live log seen through a filter that can be replaced. All its methods are
// safe for concurrent use; what they guarantee is in the package comment.
type Stream struct {
	client *Client
	// ctx ends with the stream, and its cause is why: nothing else has to be remembered.
	ctx context.Context //nolint:containedctx // Send and Recv have no context of their own, so that they are those of every stream in Go.
	end context.CancelCauseFunc

	// calls counts the calls of Send and Recv that run; none begins once ctx has ended.
	calls sync.WaitGroup
	close sync.Once

	// receiving is held by whoever is in Recv: never two RecvMsg. Lock it before mu. It
	// guards the fields up to mu.
	receiving sync.Mutex
	view      view
	pace      pace
	attempt   int // to open the stream again, since it last ran

	// mu guards the fields below. It is never held while anything is sent or received.
	mu       sync.Mutex
	link     *link // nil while there is none; changed by whoever receives
	standing standing
	half     bool // CloseSend was called

	// direct serialises sending where nothing is known of filters: without reconnecting.
	direct sync.Mutex
}

var _ io.Closer = (*Stream)(nil)

// Monitor opens a stream. It is to be sent a filter, at once: the server ends a stream
// that gets none within a few seconds.
//
// The stream lasts until it ends by itself, it is closed, or ctx is done, and one of these
// must happen. Monitor blocks until the connection is there; it fails, with reconnecting
// or without, if that cannot be made, since a wrong address is then likelier than a fault
// that passes.
func (c *Client) Monitor(ctx context.Context) (*Stream, error) {
	if c.isClosed() {
		return nil, ErrClosed
	}
	s := &Stream{client: c, pace: c.opts.backoff.pace()}
	s.ctx, s.end = context.WithCancelCause(ctx)
	l, err := c.open(s.ctx)
	if err != nil {
		if cause := s.ended(); cause != nil {
			err = cause
		}
		s.end(err)
		return nil, err
	}
	s.link = l
	return s, nil
}

// Send replaces the filter. The call's ordinal on this stream is the filter's revision; a
// filter that the server refuses is answered with a Rejected notice, except for the first,
// which ends the stream. A nil filter selects everything. The filter may be changed once
// Send has returned.
//
// Send returns when the filter was handed to the transport or, while the connection is
// lost or many filters are unanswered, noted to be sent by Recv. The newest overtakes those
// that are only noted; they get a Rejected notice with the reason SUPERSEDED.
//
// It fails, without effect, if the filter cannot be encoded. Once the stream has ended it
// returns what ended it: ErrClosed after Close, io.EOF after a quiet end. Without
// reconnecting it returns io.EOF as soon as the stream is broken; Recv has the reason.
func (s *Stream) Send(f *loggerv1.LogFilter) error {
	if f == nil {
		f = &loggerv1.LogFilter{}
	}
	// A filter that cannot be encoded, for instance because its query is not UTF-8, would
	// end the gRPC stream.
	if _, err := proto.Marshal(f); err != nil {
		return fmt.Errorf("client: the filter cannot be encoded: %w", err)
	}
	if err := s.enter(); err != nil {
		return err
	}
	defer s.calls.Done()
	if !s.client.opts.reconnect {
		return s.sendDirect(func() error { return s.link.Send(f) })
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.half {
		return errHalfClosed
	}
	s.standing.add(proto.CloneOf(f))
	return s.flushLocked()
}

var errHalfClosed = errors.New("client: Send after CloseSend")

// CloseSend tells the server that no more filters will come. It sends what is retained up
// to now and matches, and ends the stream: Recv returns those entries, then io.EOF. To end
// a stream without that, call Close.
func (s *Stream) CloseSend() error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.calls.Done()
	if !s.client.opts.reconnect {
		return s.sendDirect(s.link.CloseSend)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.half = true
	return s.flushLocked()
}

// Close ends the stream and gives back all that it holds. It makes Send and Recv return,
// waits until they have, and always returns nil. From then on Send returns ErrClosed, and
// Recv io.EOF: for a receiver the end is a quiet one. Where the stream had ended before,
// they go on returning the reason.
func (s *Stream) Close() error {
	s.mu.Lock() // so that a call that has entered is counted, and no other will enter
	s.end(ErrClosed)
	s.mu.Unlock()
	s.close.Do(func() {
		s.calls.Wait()
		if s.link != nil {
			s.link.release()
		}
	})
	return nil
}

// enter begins a call of Send or Recv, or says why the stream has ended.
func (s *Stream) enter() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.ended(); err != nil {
		return err
	}
	s.calls.Add(1)
	return nil
}

// ended returns why the stream has ended, or nil.
func (s *Stream) ended() error {
	if s.client.isClosed() {
		s.end(ErrClosed)
	}
	if s.ctx.Err() != nil {
		return context.Cause(s.ctx)
	}
	return nil
}
