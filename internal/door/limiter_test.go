package door

import (
	"net"
	"net/netip"
	"slices"
	"testing"
)

// arrivals is a listener at which connections from these addresses arrive.
type arrivals struct {
	net.Listener

	from   []string
	closed []string
}

// arrived is a connection of arrivals.
type arrived struct {
	net.Conn

	all  *arrivals
	from string
}

func (a *arrivals) Accept() (net.Conn, error) {
	if len(a.from) == 0 {
		return nil, net.ErrClosed
	}
	next := a.from[0]
	a.from = a.from[1:]
	return &arrived{all: a, from: next}, nil
}

func (c *arrived) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(c.from), 4711))
}

func (c *arrived) Close() error {
	c.all.closed = append(c.all.closed, c.from)
	return nil
}

// accept accepts connections from these addresses and returns those that are let in.
func accept(t *testing.T, l *Limiter, from ...string) (let []net.Conn, turnedAway []string) {
	t.Helper()
	a := &arrivals{from: from}
	listener := l.Listen(a)
	for {
		c, err := listener.Accept()
		if err != nil {
			return let, a.closed
		}
		let = append(let, c)
	}
}

func TestLimiter(t *testing.T) {
	var hits []string
	proxies, err := ParseProxies([]string{"10.0.0.0/8"})
	if err != nil {
		t.Fatal(err)
	}
	l := NewLimiter(Limits{Connections: 6, PerAddress: 2}, proxies, func(limit string) { hits = append(hits, limit) })
	let, turnedAway := accept(t, l, "192.0.2.1", "192.0.2.1", "192.0.2.1", "10.0.0.1", "10.0.0.1", "10.0.0.1")
	if len(let) != 5 || !slices.Equal(turnedAway, []string{"192.0.2.1"}) {
		t.Fatalf("let in %d, turned away %q; want 5 and the third of 192.0.2.1", len(let), turnedAway)
	}
	// One that goes makes room, once.
	for range 2 {
		if err := let[0].Close(); err != nil {
			t.Fatal(err)
		}
	}
	more, turnedAway := accept(t, l, "192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.3")
	if len(more) != 2 || !slices.Equal(turnedAway, []string{"192.0.2.1", "192.0.2.3"}) {
		t.Errorf("let in %d, turned away %q", len(more), turnedAway)
	}
	if !slices.Equal(hits, []string{limitPerAddress, limitPerAddress, limitConnections}) {
		t.Errorf("hits: %q", hits)
	}
	for _, c := range slices.Concat(let, more) {
		_ = c.Close()
	}
	if l.all != 0 || len(l.from) != 0 {
		t.Errorf("%d connections are left, of %v", l.all, l.from)
	}
}

func TestOneNetworkIsOneAddress(t *testing.T) {
	l := NewLimiter(Limits{PerAddress: 1}, nil, func(string) {})
	let, turnedAway := accept(t, l, "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "::ffff:192.0.2.1", "192.0.2.1")
	if len(let) != 3 || !slices.Equal(turnedAway, []string{"2001:db8::2", "192.0.2.1"}) {
		t.Errorf("let in %d, turned away %q", len(let), turnedAway)
	}
}
