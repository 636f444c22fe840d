package soak

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// proxy stands between clients and a server and spoils what goes through it. It does what
// these tests need of github.com/Shopify/toxiproxy, which would bring a router, a logger
// and a command line of its own into the module of everybody who uses the client.
type proxy struct {
	target   string
	listener net.Listener
	// delay is how long each piece waits, slice how long a piece is at most (0: as it
	// comes), hole whether pieces are swallowed.
	delay atomic.Int64
	slice atomic.Int64
	hole  atomic.Bool

	running sync.WaitGroup
	mu      sync.Mutex
	conns   map[net.Conn]struct{} // of both sides
	closed  bool
}

// newProxy returns a proxy for a server that is at this address, or will be. Close it.
func newProxy(ctx context.Context, target string) (*proxy, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{target: target, listener: l, conns: map[net.Conn]struct{}{}}
	p.running.Go(p.accept)
	return p, nil
}

// address returns where clients find it.
func (p *proxy) address() string { return p.listener.Addr().String() }

// heal lets everything through again.
func (p *proxy) heal() {
	p.delay.Store(0)
	p.slice.Store(0)
	p.hole.Store(false)
}

func (p *proxy) accept() {
	for {
		near, err := p.listener.Accept()
		if err != nil {
			return
		}
		far, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", p.target)
		if err != nil {
			_ = near.Close()
			continue
		}
		if !p.keep(near, far) {
			return
		}
		p.running.Go(func() { p.copy(far, near) })
		p.running.Go(func() { p.copy(near, far) })
	}
}

func (p *proxy) keep(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		if p.closed {
			_ = c.Close()
			continue
		}
		p.conns[c] = struct{}{}
	}
	return !p.closed
}

// copy hands on what comes until either side ends, and then ends the other.
func (p *proxy) copy(to, from net.Conn) {
	defer func() {
		if !p.hole.Load() { // a hole swallows the end, too
			p.drop(to, from)
		}
	}()
	buffer := make([]byte, 16<<10)
	for {
		size := len(buffer)
		if n := int(p.slice.Load()); n > 0 {
			size = n
		}
		n, err := from.Read(buffer[:size])
		if d := time.Duration(p.delay.Load()); d > 0 {
			time.Sleep(d) // it is a delay that is wanted
		}
		if n > 0 && !p.hole.Load() {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (p *proxy) drop(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		_ = c.Close()
		delete(p.conns, c)
	}
}

// cut ends all connections, with a RST if reset, and a FIN otherwise.
func (p *proxy) cut(reset bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		if tcp, ok := c.(*net.TCPConn); ok && reset {
			_ = tcp.SetLinger(0)
		}
		_ = c.Close()
	}
	clear(p.conns)
}

// close ends everything and waits for it.
func (p *proxy) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	_ = p.listener.Close()
	p.cut(false)
	p.running.Wait()
}
