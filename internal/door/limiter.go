package door

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
)

// Limiter bounds the connections of the listeners that it is put around, together. A
// connection over a limit is closed as it is accepted, before a byte of it is read: there
// is no protocol yet in which it could be told why.
type Limiter struct {
	limits  Limits
	proxies Proxies
	hit     func(limit string)

	mu   sync.Mutex
	all  int
	from map[netip.Addr]int // no entry is 0
}

// Limits are those of a [Limiter]. One that is 0 does not exist.
type Limits struct {
	// Connections is how many there may be.
	Connections int
	// PerAddress is how many may come from one address. The 64 bits of an IPv6 address that
	// name a network count, since its owner may use all that are in it.
	PerAddress int
}

// The names of limits, as hit is told them: the keys of the configuration.
const (
	limitConnections = "network.max_connections"
	limitPerAddress  = "network.max_connections_per_address"
)

// NewLimiter returns a Limiter that calls hit with the key of a limit each time that it
// bites. Proxies are not held to the limit of an address: they come for many.
func NewLimiter(limits Limits, proxies Proxies, hit func(limit string)) *Limiter {
	return &Limiter{limits: limits, proxies: proxies, hit: hit, from: make(map[netip.Addr]int)}
}

// Listen returns a listener whose connections count.
func (l *Limiter) Listen(inner net.Listener) net.Listener { return &limited{inner, l} }

type limited struct {
	net.Listener

	limiter *Limiter
}

// Accept returns the next connection within the limits.
func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := network(c.RemoteAddr())
		if l.limiter.enter(from) {
			return &counted{Conn: c, limiter: l.limiter, from: from}, nil
		}
		_ = c.Close() // it was never ours
	}
}

// enter counts a connection, if it is within the limits.
func (l *Limiter) enter(from netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.limits.Connections > 0 && l.all >= l.limits.Connections:
		l.hit(limitConnections)
		return false
	case l.limits.PerAddress > 0 && l.from[from] >= l.limits.PerAddress && !l.proxies.Trusts(from):
		l.hit(limitPerAddress)
		return false
	}
	l.all++
	l.from[from]++
	return true
}

func (l *Limiter) leave(from netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	if l.from[from]--; l.from[from] == 0 {
		delete(l.from, from)
	}
}

// counted is a connection that counts until it is closed.
type counted struct {
	net.Conn

	limiter *Limiter
	from    netip.Addr
	closed  atomic.Bool
}

// Close closes the connection. It counts no more, however often it is closed.
func (c *counted) Close() error {
	if !c.closed.Swap(true) {
		c.limiter.leave(c.from)
	}
	return c.Conn.Close()
}

// networkBits is the part of an IPv6 address that its owner does not choose.
const networkBits = 64

// network returns what counts as one address.
func network(a net.Addr) netip.Addr {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	addr := tcp.AddrPort().Addr().Unmap().WithZone("")
	if addr.Is6() {
		if prefix, err := addr.Prefix(networkBits); err == nil {
			return prefix.Addr()
		}
	}
	return addr
}
