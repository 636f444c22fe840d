package gateway

import (
	"context"
	"sync"
	"time"
)

// streams are those that are open. Hijacked connections are unknown to http.Server, so
// its Shutdown neither ends nor waits for them.
//
// The zero value is ready.
type streams struct {
	mu       sync.Mutex
	stopping bool
	open     map[*stream]struct{}
	// empty is closed when stopping and the last stream has ended. Made by stop.
	empty chan struct{}
}

// stream is one that is open.
type stream struct {
	ctx    context.Context //nolint:containedctx // it is what begin hands out; nothing here uses it.
	cancel context.CancelCauseFunc
}

// begin takes a stream in. Its context is cancelled with errStopping as its cause when
// the edge is shut down. It fails with errStopping.
func (s *streams) begin(ctx context.Context) (*stream, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return nil, errStopping
	}
	st := &stream{}
	st.ctx, st.cancel = context.WithCancelCause(ctx)
	if s.open == nil {
		s.open = make(map[*stream]struct{})
	}
	s.open[st] = struct{}{}
	return st, nil
}

// end must be called once, when nothing of a stream is left.
func (s *streams) end(st *stream) {
	st.cancel(context.Canceled)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, st)
	if s.stopping && len(s.open) == 0 {
		close(s.empty)
	}
}

// stop takes no more streams in and returns a channel that is closed when there are none.
func (s *streams) stop() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stopping {
		s.stopping, s.empty = true, make(chan struct{})
		if len(s.open) == 0 {
			close(s.empty)
		}
	}
	return s.empty
}

// cut ends all streams.
func (s *streams) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for st := range s.open {
		st.cancel(errStopping)
	}
}

func (s *streams) stopped() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopping
}

// drainGrace is how long streams may take to end by themselves once the edge is shut
// down. A service that was told to drain ends them within milliseconds, with a goodbye
// that has a cursor; cutting them first would lose it.
const drainGrace = time.Second

// Shutdown ends all streams and waits for them. In this order:
//
//  1. New streams are refused with UNAVAILABLE, and /readyz fails.
//  2. For a second, streams may end by themselves: drain the service first.
//  3. Those that are left get {"error":{…}} with UNAVAILABLE as their last frame, and
//     WebSockets a close frame with 1001.
//  4. It returns when every stream has ended, or when ctx is done, with its error.
func (g *Gateway) Shutdown(ctx context.Context) error {
	empty := g.streams.stop()
	grace := time.NewTimer(drainGrace)
	defer grace.Stop()
	select {
	case <-empty:
		return nil
	case <-ctx.Done():
	case <-grace.C:
	}
	g.streams.cut()
	select {
	case <-empty:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
