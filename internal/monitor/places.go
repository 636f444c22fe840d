package monitor

import (
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/seed-2f16ea30/logsieve/internal/fault"
)

// places counts the streams that are open. Its methods are safe for concurrent use.
type places struct {
	limit, limitEach int // limitEach 0: no limit

	mu    sync.Mutex
	taken int
	each  map[string]int // by the principal's name; those without one are not counted
}

func newPlaces(limit, limitEach int) places {
	return places{limit: limit, limitEach: limitEach, each: make(map[string]int)}
}

// take takes the place of one stream, which leave gives back, unless it fails; it then
// returns the key of the limit.
func (p *places) take(principal string) (limit string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	counted := principal != ""
	switch {
	case p.taken >= p.limit:
		return limitStreams, errTooManyStreams
	case counted && p.limitEach > 0 && p.each[principal] >= p.limitEach:
		return limitPrincipalStreams, tooManyOf(p.limitEach)
	}
	p.taken++
	if counted {
		p.each[principal]++
	}
	return "", nil
}

func (p *places) leave(principal string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken--
	if p.each[principal]--; p.each[principal] <= 0 {
		delete(p.each, principal)
	}
}

// retryStreams is how long to wait before asking for a place again: one is free when
// somebody leaves, which nobody knows.
const retryStreams = 5 * time.Second

var errTooManyStreams = &fault.Problem{
	Code: codes.ResourceExhausted, Reason: "TOO_MANY_STREAMS", RetryAfter: retryStreams,
	Message: "the server has as many streams open as it may have",
	Hint:    "close streams that are not needed, or raise stream.max_streams",
}

func tooManyOf(limit int) error {
	return &fault.Problem{
		Code: codes.ResourceExhausted, Reason: "TOO_MANY_STREAMS", RetryAfter: retryStreams,
		Message: fmt.Sprintf("this credential has %d streams open, as many as one may have", limit),
		Hint:    "close streams that are not needed, or raise stream.max_streams_per_principal",
	}
}
