package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// delivery is something that came, in the order in which it came: an entry or notice, a
// word about the connection, or the end, which is the last.
type delivery struct {
	entry  *loggerv1.LogEntry
	outage *outage
	end    bool
	err    error // of the end; nil: quiet
}

// outage is what client.WithOnReconnect tells.
type outage struct {
	attempt int // 0: it is over
	err     error
	wait    time.Duration
}

// batch is what came since the last one, delivered to the model.
type batch []delivery

// fieldsKnown is delivered when the server has said which fields there are.
type fieldsKnown []*loggerv1.Field

// stream is the part of a client.Stream that a session uses.
type stream interface {
	Send(f *loggerv1.LogFilter) error
	Recv() (*loggerv1.LogEntry, error)
}

// program is the part of a tea.Program that a session uses.
type program interface {
	Send(msg tea.Msg)
}

const (
	// maxPending bounds the entries received and not yet shown. With the largest entries
	// that a server takes by default (256 KiB) it is 128 MiB, with usual ones 200 KiB.
	maxPending = 512
	// frame is how often the screen changes: often enough to look smooth, half as often
	// as the program could draw, since most terminals are slower than that.
	frame = time.Second / 30
	// debounce is how long typing has to rest before the filter is sent. Shorter, each
	// letter is a search of its own; longer, it feels like a button.
	debounce = 150 * time.Millisecond
	// fieldsTimeout is how long completion waits for the server.
	fieldsTimeout = 3 * time.Second
)

// session is the side of the screen that waits: for the server, and for time to pass. It
// tells the program what happens. Its goroutines are those of start.
type session struct {
	base   *loggerv1.LogFilter
	stream stream
	fields fieldsFunc
	stop   context.CancelFunc // ends the program

	received chan delivery // closed by the receiver, behind the end
	credit   chan int      // how many entries the model takes; one grant at a time
	wanted   chan wish     // the newest filter that is typed; an older one is replaced
	asked    chan struct{} // fields are asked for

	mu      sync.Mutex
	queries map[uint32]string // by revision, of those not answered
	sent    uint32
	failed  error
}

type fieldsFunc func(ctx context.Context, req *loggerv1.ListFieldsRequest) (*loggerv1.ListFieldsResponse, error)

func newSession(base *loggerv1.LogFilter) *session {
	base = proto.CloneOf(base)
	base.Notices = true
	return &session{
		base:     base,
		received: make(chan delivery, maxPending),
		credit:   make(chan int, 1),
		wanted:   make(chan wish, 1),
		asked:    make(chan struct{}, 1),
		queries:  make(map[uint32]string),
	}
}

// start starts the goroutines, which end soon after ctx and are waited for with running.
func (s *session) start(ctx context.Context, running *sync.WaitGroup, p program) {
	for _, work := range []func(context.Context, program){s.receive, s.pump, s.send, s.complete} {
		running.Go(func() {
			defer func() { s.contain(recover()) }()
			work(ctx, p)
		})
	}
}

// contain ends the program in order when something has panicked: p is what was recovered.
// Without it the process would end with the terminal in raw mode.
func (s *session) contain(p any) {
	if p == nil {
		return
	}
	s.mu.Lock()
	if s.failed == nil {
		s.failed = fmt.Errorf("%w: %v\n%s", ErrPanic, p, debug.Stack())
	}
	s.mu.Unlock()
	s.stop()
}

func (s *session) fault() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

// receive receives until the stream ends. It waits while there are maxPending.
func (s *session) receive(ctx context.Context, _ program) {
	defer close(s.received)
	for {
		e, err := s.stream.Recv()
		d := delivery{entry: e, end: err != nil, err: err}
		if errors.Is(err, io.EOF) {
			d.err = nil
		}
		select {
		case s.received <- d:
		case <-ctx.Done():
			return
		}
		if d.end {
			return
		}
	}
}

// reconnecting is called by the stream, on the goroutine of receive.
func (s *session) reconnecting(attempt int, err error, wait time.Duration) {
	select {
	case s.received <- delivery{outage: &outage{attempt: attempt, err: err, wait: wait}}:
	default: // the screen is far behind: it will see that entries go on
	}
}

// pump delivers what was received, at most a batch a frame and no more than was granted.
func (s *session) pump(ctx context.Context, p program) {
	next := time.NewTimer(0)
	defer next.Stop()
	for {
		room := 0
		select {
		case room = <-s.credit:
		case <-ctx.Done():
			return
		}
		var b batch
		select {
		case d, ok := <-s.received:
			if !ok {
				return
			}
			b = append(b, d)
		case <-ctx.Done():
			return
		}
		select {
		case <-next.C:
		case <-ctx.Done():
			return
		}
		next.Reset(frame)
		p.Send(s.gather(b, room))
	}
}

// gather adds to a batch what is there already.
func (s *session) gather(b batch, room int) batch {
	for len(b) < room {
		select {
		case d, ok := <-s.received:
			if !ok {
				return b
			}
			b = append(b, d)
		default:
			return b
		}
	}
	return b
}

// grant allows a batch of so many entries, at least one. It must not be called again
// before the batch has come.
func (s *session) grant(n int) { s.credit <- n }
