package wsconn

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Limits bound what a client can make a connection hold, and for how long. Every number
// must be above 0.
type Limits struct {
	// MessageSize is the longest message that is accepted, in bytes, all its fragments
	// together.
	MessageSize int
	// MessageRate is how many messages are accepted within a second.
	MessageRate int
	// PingInterval is how often a ping is sent.
	PingInterval time.Duration
	// PongTimeout is how long after a ping something must have come from the client.
	PongTimeout time.Duration
	// WriteTimeout is how long the client may take for one write of at most 64 KiB.
	WriteTimeout time.Duration
	// CloseTimeout is how long Close waits for a write that is under way to end, and
	// then for the client's close frame.
	CloseTimeout time.Duration
	// Hit, if not nil, is called with the name of a limit when it ends a connection.
	Hit func(limit string)
}

// The names of limits, as Hit is told them: the keys of the configuration, but for the two
// that are fixed: fragments and pings.
const (
	LimitMessageSize  = "websocket.message_size"
	LimitMessageRate  = "websocket.message_rate"
	LimitFragments    = "websocket.fragments"
	LimitControls     = "websocket.pings"
	LimitPongTimeout  = "websocket.pong_timeout"
	LimitWriteTimeout = "websocket.write_timeout"
)

func (l Limits) hit(limit string) {
	if l.Hit != nil {
		l.Hit(limit)
	}
}

const (
	// maxFragments bounds the fragments of a message: a client that streams its filter in
	// packets of 512 bytes needs 128 for the longest one, and fragments of length 0
	// would otherwise cost us work for ever.
	maxFragments = 128
	// maxControls bounds the control frames that a client sends in a second. Each ping
	// makes the library write a pong; browsers send none, keep-alives one in seconds.
	maxControls = 32
	// maxDrain bounds what is read and thrown away while waiting for the client's close
	// frame, in bytes: enough for a client that was told that its message is too long
	// to come to its end and read why.
	maxDrain = 16 << 20
)

// errEnded is returned to writers after the close frame.
var errEnded = fmt.Errorf("wsconn: the connection has ended: %w", net.ErrClosed)

// Conn is the connection under a WebSocket, seen from the server. It is made by [New].
//
// Lock order: wmu before dmu, rmu before dmu; nothing is held when wmu and rmu are taken,
// except that neither is taken while the other is held.
type Conn struct {
	net.Conn // the socket

	limits Limits
	// subprotocol is put into the answer to the upgrade, unless it is empty.
	subprotocol string

	// rmu is held by whoever reads from the socket; it guards the three below.
	rmu sync.Mutex
	in  inbound
	// refused is the end that a read has found and still has to return.
	refused *End
	// gone is set once a read has failed, not for want of time: nobody is there any more.
	gone bool

	// wmu is held by whoever writes to the socket; it guards the four below.
	wmu sync.Mutex
	// open is set by the first write, which is the answer to the upgrade: from then on
	// all that is written is frames.
	open bool
	// partial holds the beginning of a frame that the library writes in two pieces.
	partial []byte
	// closeSent is set once a close frame is written. Nothing may follow it.
	closeSent bool
	// broken is set once a write has failed: the client is inside a frame that will
	// not end, and no close frame can be told from its payload.
	broken bool

	// dmu makes setting a deadline and beginning to close exclude each other.
	dmu     sync.Mutex
	closing bool

	// end is what the close frame says; the first one given stays.
	end atomic.Pointer[End]

	// pinger sends the next ping. Set when the connection opens, never changed.
	pinger *time.Timer

	closed   sync.Once
	closeErr error
}

var _ net.Conn = (*Conn)(nil)

// New returns a connection on a socket that was hijacked and not written to. subprotocol,
// if not empty, is added to the answer to the upgrade: the library that writes it must be
// given none. The caller must close the connection; that closes the socket.
func New(socket net.Conn, limits Limits, subprotocol string) *Conn {
	return &Conn{Conn: socket, limits: limits, subprotocol: subprotocol, in: inbound{limits: limits}}
}

// End sets what the close frame will say and reports whether it was the first to do so.
// It does not close.
func (c *Conn) End(end End) bool { return c.end.CompareAndSwap(nil, &end) }

// Message is what is known of a message that has come whole.
type Message struct {
	// Length is that of its payload, in bytes.
	Length int
	// Text tells that it was sent as text, and must be UTF-8.
	Text bool
}

// NextMessage returns the next message that has come whole, in the order in which they
// came. ok is false if there is none: a message is there as soon as its last byte was
// read from the connection.
func (c *Conn) NextMessage() (m Message, ok bool) { return c.in.messages.pop() }

// Read reads from the client, for the WebSocket library. It fails with an *[End] behind
// the last byte within the limits, and with a time-out when the client has sent nothing
// and answered no ping.
func (c *Conn) Read(p []byte) (int, error) {
	c.rmu.Lock()
	defer c.rmu.Unlock()
	if c.refused != nil {
		return 0, c.refused
	}
	c.extend(c.Conn.SetReadDeadline, c.limits.PingInterval+c.limits.PongTimeout)
	n, err := c.Conn.Read(p)
	good, end := c.in.inspect(p[:n])
	if end != nil {
		c.End(*end)
		if c.refused = end; good == 0 {
			return 0, end
		}
		return good, nil
	}
	switch {
	case err == nil:
	case errors.Is(err, os.ErrDeadlineExceeded):
		// It may be slow and not gone: Close still waits for it.
		c.limits.hit(LimitPongTimeout)
		c.End(End{GoingAway, "UNAVAILABLE: no pong within " + c.limits.PongTimeout.String()})
	default:
		c.gone = true
	}
	return n, err
}

// extend sets a deadline unless the connection is being closed, whose deadlines hold.
func (c *Conn) extend(set func(time.Time) error, d time.Duration) {
	c.dmu.Lock()
	defer c.dmu.Unlock()
	if !c.closing {
		// An error means that the socket is closed; the read or write will say so.
		_ = set(time.Now().Add(d))
	}
}

// SetDeadline clears the deadlines that the HTTP server has set, for the library calls
// it with the zero time; deadlines are the connection's own.
func (c *Conn) SetDeadline(t time.Time) error {
	if t.IsZero() {
		return c.Conn.SetDeadline(t)
	}
	return nil
}

// SetReadDeadline does nothing: see [Limits].
func (*Conn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing: see [Limits].
func (*Conn) SetWriteDeadline(time.Time) error { return nil }
