package grpcapi

import (
	"context"
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/seed-2f16ea30/logsieve/internal/fault"
)

// LimitCalls is the key of the limit that [Calls] tells when it bites.
const LimitCalls = "grpc.max_streams"

// Calls bounds how many calls one principal may have open at a time on the servers that share
// it, over all connections: each may hold a message of the largest size that is never whole.
// Those of principals without a name do not count, as everybody is one. It is safe for
// concurrent use; nil has no limit.
type Calls struct {
	limit int
	hit   func(limit string)

	mu   sync.Mutex
	open map[string]int // by the principal's name; no entry is 0
}

// NewCalls returns Calls of so many for each principal, which call hit each time that one is
// refused.
func NewCalls(limit int, hit func(limit string)) *Calls {
	return &Calls{limit: limit, hit: hit, open: make(map[string]int)}
}

// enter counts a call until its context ends, or refuses it.
func (c *Calls) enter(ctx context.Context, principal string) error {
	if c == nil || principal == "" {
		return nil
	}
	if !c.take(principal) {
		c.hit(LimitCalls)
		return tooManyCalls(c.limit)
	}
	context.AfterFunc(ctx, func() { c.leave(principal) })
	return nil
}

func (c *Calls) take(principal string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open[principal] >= c.limit {
		return false
	}
	c.open[principal]++
	return true
}

func (c *Calls) leave(principal string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open[principal]--; c.open[principal] == 0 {
		delete(c.open, principal)
	}
}

// retryCalls is how long to wait before trying again: most calls take milliseconds.
const retryCalls = time.Second

func tooManyCalls(limit int) error {
	return &fault.Problem{
		Code: codes.ResourceExhausted, Reason: "TOO_MANY_CALLS", RetryAfter: retryCalls,
		Message: fmt.Sprintf("this credential has %d calls open, as many as one may have", limit),
		Hint:    "end calls that are not needed, or raise grpc.max_streams or stream.max_streams_per_principal",
	}
}
