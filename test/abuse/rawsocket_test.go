package abuse

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// rawSocket is a WebSocket of which every byte is the attacker's own.
type rawSocket struct {
	net.Conn

	from *bufio.Reader
}

// outlaw returns the address that attacker n comes from. On Linux all of 127.0.0.0/8 is
// loopback, so that there can be many, none of them the neighbour's.
func outlaw(n int) net.IP {
	const hosts = 200
	return net.IPv4(127, 0, 1, byte(2+n%hosts))
}

// dialFrom connects attacker n to an address.
func dialFrom(ctx context.Context, n int, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: 10 * time.Second, LocalAddr: &net.TCPAddr{IP: outlaw(n)}}
	return d.DialContext(ctx, "tcp", address)
}

// upgrade asks for a WebSocket with a query and lines of header beyond the usual ones.
// The status of the answer is 101 if it is one.
func upgrade(ctx context.Context, n int, address, query, header string) (s *rawSocket, status int, err error) {
	conn, err := dialFrom(ctx, n, address)
	if err != nil {
		return nil, 0, err
	}
	_ = conn.SetDeadline(time.Now().Add(patience)) // the first read fails instead
	request := "GET /logs/monitor" + query + " HTTP/1.1\r\nHost: " + address +
		"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + header + "\r\n"
	if _, err := io.WriteString(conn, request); err != nil {
		_ = conn.Close()
		return nil, 0, err
	}
	s = &rawSocket{Conn: conn, from: bufio.NewReader(conn)}
	response, err := http.ReadResponse(s.from, nil)
	if err != nil {
		_ = conn.Close()
		return nil, 0, err
	}
	if response.StatusCode != http.StatusSwitchingProtocols {
		_ = response.Body.Close()
		_ = conn.Close()
		return nil, response.StatusCode, nil
	}
	return s, response.StatusCode, nil
}

// patience is how long an attacker waits for what should come at once.
const patience = 20 * time.Second

// errNoCloseFrame is the end of a connection that says nothing about why.
var errNoCloseFrame = errors.New("no close frame")

// end reads until the server closes, and returns the code and the reason of its close
// frame. It wants the connection to be closed behind that.
func (s *rawSocket) end() (code int, reason string, err error) {
	for {
		opcode, payload, err := s.frame()
		switch {
		case err != nil:
			return 0, "", fmt.Errorf("%w: %w", errNoCloseFrame, err)
		case opcode != 0x8:
			continue
		case len(payload) < 2:
			return 1005, "", nil
		}
		return int(binary.BigEndian.Uint16(payload)), string(payload[2:]), nil
	}
}

// frame reads one frame of the server's.
func (s *rawSocket) frame() (opcode byte, payload []byte, err error) {
	var head [2]byte
	if _, err := io.ReadFull(s.from, head[:]); err != nil {
		return 0, nil, err
	}
	length := uint64(head[1] & 0x7f)
	switch length {
	case 126:
		var more uint16
		if err := binary.Read(s.from, binary.BigEndian, &more); err != nil {
			return 0, nil, err
		}
		length = uint64(more)
	case 127:
		if err := binary.Read(s.from, binary.BigEndian, &length); err != nil {
			return 0, nil, err
		}
	}
	const most = 1 << 20 // no answer to an attacker is longer
	if length > most || head[1]&0x80 != 0 || head[0]&0x70 != 0 {
		return 0, nil, fmt.Errorf("the server's own frame is malformed: % x, length %d", head, length)
	}
	payload = make([]byte, length)
	_, err = io.ReadFull(s.from, payload)
	return head[0] & 0xf, payload, err
}
