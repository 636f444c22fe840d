package wsconn

import "time"

// Close ends the connection: it stops the pings, cuts off a write that does not come to
// its end, writes the close frame that [Conn.End] was given (1000 if none), waits for the
// client's own, and closes the socket. It takes at most about twice
// Limits.CloseTimeout. Where no upgrade was answered it only closes the socket.
// Every call returns when the connection is closed.
func (c *Conn) Close() error {
	c.closed.Do(func() {
		c.Expire()
		if c.sendClose() {
			c.awaitClose()
		}
		c.closeErr = c.Conn.Close()
	})
	return c.closeErr
}

// Expire gives reads and writes, those under way too, Limits.CloseTimeout from the first
// call on, and no more. It does not block. Whoever ends a connection while another
// goroutine writes to it calls it: a client that takes nothing would hold that goroutine
// for Limits.WriteTimeout.
func (c *Conn) Expire() {
	c.dmu.Lock()
	defer c.dmu.Unlock()
	if c.closing {
		return
	}
	c.closing = true
	_ = c.Conn.SetDeadline(time.Now().Add(c.limits.CloseTimeout))
}

// sendClose writes the close frame and reports whether the client may still answer it.
func (c *Conn) sendClose() bool {
	c.wmu.Lock()
	defer c.wmu.Unlock()
	if !c.open {
		return false
	}
	c.pinger.Stop()
	if c.broken {
		return false
	}
	if c.closeSent {
		return true
	}
	c.End(End{Code: Normal})
	frame := c.end.Load().appendClose(make([]byte, 0, maxServerHeader+shortLength))
	return c.sendFrame(opClose, frame) == nil
}

// awaitClose reads until the client's close frame has come. A socket that is closed with
// something unread is reset, and a reset takes what the client has not read yet with it:
// the close frame above all.
func (c *Conn) awaitClose() {
	c.dmu.Lock()
	_ = c.Conn.SetReadDeadline(time.Now().Add(c.limits.CloseTimeout))
	c.dmu.Unlock()

	buffer := buffers.Get().(*[]byte) //nolint:errcheck,forcetypeassert // the pool's New says so.
	defer buffers.Put(buffer)
	// The library's reader may be inside Read; it lets go when something comes, or at
	// the deadline.
	c.rmu.Lock()
	defer c.rmu.Unlock()
	c.in.closing = true
	p := (*buffer)[:cap(*buffer)]
	for drained := 0; !c.in.sawClose && !c.gone && drained < maxDrain; {
		n, err := c.Conn.Read(p)
		c.in.inspect(p[:n])
		drained += n
		c.gone = err != nil
	}
}
