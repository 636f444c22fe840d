package monitor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
	"github.com/seed-2f16ea30/logsieve/internal/frame"
)

// inboxSize bounds how many filters a session may leave unanswered before the receiver
// stops reading, and the transport's flow control holds the client back. A person types
// ten a second; 64 lets a stream that is busy sending for seconds still take the newest.
const inboxSize = 64

// inboxBytes bounds what those filters hold, in the same way. One that is not refused, of
// which there is one, is of some 4 KiB unless the limits of a filter were raised; and the
// first of all is taken whatever its size.
const inboxBytes = 64 << 10

// received is a filter as it came: compiled, or refused.
type received struct {
	revision uint32
	filter   *loggerv1.LogFilter
	matcher  *filter.Matcher // with the reader's scope
	query    string          // the filter in canonical form, without the scope
	refusal  error           // why it is refused; the others are not set then
}

// size is about how much memory it takes, in bytes.
func (r *received) size() int {
	const aRefusal = 256
	if r.refusal != nil {
		return aRefusal + len(r.refusal.Error())
	}
	return proto.Size(r.filter)
}

// inbox is where the goroutine that receives filters leaves them for the session.
type inbox struct {
	reader *reader
	// wake has one token when there is something new: a filter, or the end.
	wake chan struct{}
	// updates is the rate at which filters are shown to the session. Those that come
	// faster wait, and are overtaken.
	updates *rate.Limiter
	// pending tells, without a lock, that there is something new.
	pending atomic.Bool

	mu       sync.Mutex
	revision uint32      // of the newest filter
	waiting  []received  // in the order of their revisions, at most one of them not refused
	bytes    int         // what waits
	peak     int         // the most that ever waited, in bytes
	ended    error       // why there will be no more: io.EOF after a half-close
	room     *sync.Cond  // signalled when waiting was taken
	later    *time.Timer // shows what waits when the rate allows it; nil if nothing is held back
}

// newInbox returns an inbox that shows a session so many filters a second, and so many
// at once after a pause. 0 a second is no limit.
func newInbox(r *reader, perSecond, burst int) *inbox {
	limit := rate.Limit(perSecond)
	if perSecond == 0 {
		limit = rate.Inf
	}
	b := &inbox{reader: r, wake: make(chan struct{}, 1), updates: rate.NewLimiter(limit, burst)}
	b.room = sync.NewCond(&b.mu)
	return b
}

// receive takes filters in until there are no more. It blocks while the session leaves
// too many unanswered, but not beyond the end of ctx. A panic ends the one stream: nothing
// else stands around this goroutine, and what a client sends is compiled on it.
func (b *inbox) receive(ctx context.Context, recv func() (*loggerv1.LogFilter, error)) {
	defer func() {
		if cause := recover(); cause != nil {
			b.end(fmt.Errorf("monitor: receiving filters panicked: %v\n%s", cause, debug.Stack()))
		}
	}()
	stop := context.AfterFunc(ctx, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.room.Broadcast()
	})
	defer stop()
	for {
		f, err := recv()
		if err != nil {
			b.end(err)
			return
		}
		b.put(f)
		b.mu.Lock()
		for (len(b.waiting) >= inboxSize || b.bytes >= inboxBytes) && ctx.Err() == nil {
			b.room.Wait()
		}
		b.mu.Unlock()
	}
}

// put compiles a filter and leaves it for the session. One that still waits is overtaken.
func (b *inbox) put(f *loggerv1.LogFilter) {
	r := b.compile(f)

	b.mu.Lock()
	defer b.mu.Unlock()
	b.revision++
	r.revision = b.revision
	if r.refusal == nil {
		b.overtakeLocked(&r)
	}
	b.waiting = append(b.waiting, r)
	b.bytes += r.size()
	b.peak = max(b.peak, b.bytes)
	if b.later != nil || b.pending.Load() {
		return // will be seen together with the one before
	}
	if delay := b.updates.Reserve().Delay(); delay > 0 {
		b.reader.service.hit(limitFilterUpdates)
		b.later = time.AfterFunc(delay, b.show)
		return
	}
	b.signalLocked()
}

// show makes the session see what was held back.
func (b *inbox) show() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.later = nil
	b.signalLocked()
}

// overtakeLocked refuses the filter that waits, if there is one, in favour of a newer
// one. Where the newer one does not say where to begin, it begins where the other would.
func (b *inbox) overtakeLocked(newer *received) {
	for i := range b.waiting {
		old := &b.waiting[i]
		if old.refusal != nil {
			continue
		}
		if newer.filter.GetBegin() == nil {
			newer.filter.Begin = old.filter.GetBegin()
		}
		b.bytes -= old.size()
		*old = received{revision: old.revision, refusal: errSuperseded}
		b.bytes += old.size()
	}
}

func (b *inbox) end(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = err
	if b.later != nil {
		b.later.Stop()
		b.later = nil
	}
	b.signalLocked()
}

func (b *inbox) signalLocked() {
	b.pending.Store(true)
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// take returns what waits, and why there will be no more if so.
func (b *inbox) take() (waiting []received, ended error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	waiting, b.waiting, b.bytes = b.waiting, nil, 0
	b.pending.Store(false)
	b.room.Signal()
	return waiting, b.ended
}

// mostBytes returns the most that ever waited, in bytes.
func (b *inbox) mostBytes() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.peak
}

// compile checks and compiles a filter.
func (b *inbox) compile(f *loggerv1.LogFilter) received {
	if defect := frame.Defect(f); defect != nil {
		return received{refusal: fault.FromRejected(defect)}
	}
	if o := f.GetOverload(); o < 0 || o > loggerv1.Overload_SKIP_TO_LIVE {
		return received{refusal: fault.Invalid("overload", "overload is not a value that this server knows", "send CATCH_UP or SKIP_TO_LIVE")}
	}
	m, err := b.reader.service.compile(f)
	if err == nil {
		err = b.reader.checkBegin(f)
	}
	if err != nil {
		return received{refusal: err}
	}
	return received{filter: f, matcher: b.reader.within(m), query: m.Canonical()}
}

var errSuperseded = &fault.Problem{
	Code: codes.Aborted, Reason: "SUPERSEDED",
	Message: "a newer filter came before this one was applied",
}

// halfClosed tells whether a stream ended because its client closed its side.
func halfClosed(ended error) bool { return errors.Is(ended, io.EOF) }
