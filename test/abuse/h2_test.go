package abuse

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// h2 is an HTTP/2 connection of which every frame is the attacker's own.
type h2 struct {
	net.Conn
	*http2.Framer

	// path is what is asked for: a method that is there.
	path string
	// answers counts what the server said beyond the usual.
	answers *tally
	// ended is how the connection came to its end; it is there once what the server sends
	// has been read.
	ended chan string
}

// port is an address that speaks HTTP/2.
type port struct {
	name, address, path string
}

// openH2 connects attacker n, and sends the preface. Unless it is unread, what the server
// sends is read to the end.
func openH2(ctx context.Context, n int, p port, answers *tally, unread bool) (*h2, error) {
	conn, err := dialFrom(ctx, n, p.address)
	if err != nil {
		return nil, err
	}
	_ = conn.SetDeadline(time.Now().Add(patience)) // what is written fails instead
	conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{http2.NextProtoTLS}})
	if _, err := io.WriteString(conn, http2.ClientPreface); err != nil {
		_ = conn.Close()
		return nil, err
	}
	c := &h2{Conn: conn, Framer: http2.NewFramer(conn, conn), path: p.path, answers: answers, ended: make(chan string, 1)}
	c.AllowIllegalWrites = true
	if err := c.WriteSettings(); err != nil {
		_ = conn.Close()
		return nil, err
	}
	if unread {
		c.ended <- "answers not read"
	} else {
		go func() { c.ended <- c.read() }()
	}
	return c, nil
}

// read reads to the end of the connection, and says how that came.
func (c *h2) read() string {
	for {
		f, err := c.ReadFrame()
		if err != nil {
			return ending(err)
		}
		switch f := f.(type) {
		case *http2.GoAwayFrame:
			if f.ErrCode != http2.ErrCodeNo {
				c.answers.add("GOAWAY " + f.ErrCode.String())
			}
		case *http2.RSTStreamFrame:
			c.answers.add("RST_STREAM " + f.ErrCode.String())
		case *http2.HeadersFrame:
			c.answers.add("answer")
		}
	}
}

// ending says in a word how a connection came to its end.
func ending(err error) string {
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return "connection open to the end"
	default:
		return "connection closed"
	}
}

// close ends the connection, and returns how the server saw it.
func (c *h2) close() string {
	// What has been sent is to be taken first: the server is given a moment to say what it
	// thinks of it.
	_ = c.SetReadDeadline(time.Now().Add(scale(300*time.Millisecond, time.Second)))
	how := <-c.ended
	_ = c.Close()
	return how
}

// headers returns a header block that asks for the path, with fields beyond the usual ones.
func (c *h2) headers(more ...hpack.HeaderField) []byte {
	var block bytes.Buffer
	e := hpack.NewEncoder(&block)
	for _, f := range append([]hpack.HeaderField{
		{Name: ":method", Value: "POST"},
		{Name: ":scheme", Value: "https"},
		{Name: ":path", Value: c.path},
		{Name: ":authority", Value: "localhost"},
		{Name: "content-type", Value: "application/grpc"},
		{Name: "te", Value: "trailers"},
	}, more...) {
		_ = e.WriteField(f) // into memory
	}
	return block.Bytes()
}

// open begins a call on a stream, 1 for the first one.
func (c *h2) open(stream uint32) error {
	return c.WriteHeaders(http2.HeadersFrameParam{StreamID: 2*stream - 1, BlockFragment: c.headers(), EndHeaders: true})
}
