package wsconn

import (
	"fmt"
	"math"
	"sync"
	"time"
)

// inbound reads along with what the client sends. It belongs to whoever holds Conn.rmu;
// only the lengths of messages are shared.
type inbound struct {
	limits Limits

	// head holds what has come of a header that is not whole yet.
	head [maxHeader]byte
	have int
	// current is the frame whose payload is being read, left what is missing of it.
	current header
	left    uint64

	// size, fragments and text are those of the message that is being read.
	size      uint64
	fragments int
	text      bool

	// controls and begun are how many control frames came, and how many messages began, in
	// the second that began at second.
	controls, begun int
	second          time.Time

	// closing is set once the connection is being closed: what comes is only looked
	// through for the client's close frame.
	closing bool
	// sawClose is set once the client's close frame has begun.
	sawClose bool

	messages messages
}

// inspect reads along with p. It returns how much of it is within the limits, and the
// end of the connection where that is not all.
func (in *inbound) inspect(p []byte) (good int, end *End) {
	for i := 0; i < len(p); {
		if in.left > 0 {
			n := min(in.left, uint64(len(p)-i))
			i += int(n) //nolint:gosec // G115: at most len(p).
			if in.left -= n; in.left == 0 {
				in.finish()
			}
			continue
		}
		start := i - in.have
		in.head[in.have] = p[i]
		in.have++
		i++
		h, n := parseHeader(in.head[:in.have])
		if n == 0 {
			continue
		}
		in.have = 0
		end := in.admit(h)
		if in.current, in.left = h, h.length; in.left == 0 {
			in.finish()
		}
		if end != nil {
			// Nothing more is admitted, but frames are still told apart: the client's close
			// frame is among what follows.
			in.closing = true
			in.inspect(p[i:])
			return max(start, 0), end
		}
	}
	return len(p), nil
}

// admit returns why a frame is refused, or nil.
func (in *inbound) admit(h header) *End {
	in.sawClose = in.sawClose || h.opcode == opClose
	switch {
	case in.closing:
		return nil
	case h.control():
		return in.admitControl()
	}
	if h.opcode != opContinuation {
		in.size, in.fragments, in.text = 0, 0, h.opcode == opText
		in.count()
		if in.begun++; in.begun > in.limits.MessageRate {
			in.limits.hit(LimitMessageRate)
			return &End{TooFast, fmt.Sprintf(
				"RESOURCE_EXHAUSTED: more than %d messages a second: send fewer", in.limits.MessageRate)}
		}
	}
	in.fragments++
	if h.length > math.MaxInt64 || in.size+h.length > uint64(in.limits.MessageSize) { //nolint:gosec // G115: above 0.
		in.limits.hit(LimitMessageSize)
		return &End{TooBig, fmt.Sprintf(
			"RESOURCE_EXHAUSTED: the message is longer than %d bytes: send a shorter filter", in.limits.MessageSize)}
	}
	if in.size += h.length; in.fragments > maxFragments {
		in.limits.hit(LimitFragments)
		return &End{TooBig, fmt.Sprintf(
			"RESOURCE_EXHAUSTED: the message has more than %d fragments: send it in one", maxFragments)}
	}
	return nil
}

func (in *inbound) admitControl() *End {
	in.count()
	if in.controls++; in.controls > maxControls {
		in.limits.hit(LimitControls)
		return &End{Policy, fmt.Sprintf(
			"RESOURCE_EXHAUSTED: more than %d pings and pongs a second: send fewer", maxControls)}
	}
	return nil
}

// count begins to count anew when a second is over.
func (in *inbound) count() {
	if now := time.Now(); now.Sub(in.second) >= time.Second {
		in.second, in.controls, in.begun = now, 0, 0
	}
}

// finish ends a frame.
func (in *inbound) finish() {
	if in.current.final && !in.current.control() && !in.closing {
		in.messages.push(Message{int(in.size), in.text}) //nolint:gosec // G115: at most Limits.MessageSize.
	}
}

// messages are those that have come and not been asked for. The library reads ahead by at
// most its buffer, so there are few.
type messages struct {
	mu   sync.Mutex
	next []Message
}

func (q *messages) push(m Message) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.next = append(q.next, m)
}

func (q *messages) pop() (m Message, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.next) == 0 {
		return Message{}, false
	}
	m = q.next[0]
	if q.next = q.next[1:]; len(q.next) == 0 {
		// An idle connection holds no buffer.
		q.next = nil
	}
	return m, true
}
