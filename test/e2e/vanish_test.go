package e2e

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// vanish is a client that goes away in the middle of something: with a reset, as when its
// process is killed, or with an orderly end of the connection.
type vanish struct {
	name    string
	address func(n *neighbours) string
	// sent is all that it sends.
	sent string
}

func atHTTP(n *neighbours) string     { return n.server.HTTP }
func atGRPC(n *neighbours) string     { return n.server.GRPC }
func atOTLP(n *neighbours) string     { return n.server.OTLPHTTP }
func atOTLPGRPC(n *neighbours) string { return n.server.OTLPGRPC }

const (
	upgrade = "GET /logs/monitor HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	// preface begins an HTTP/2 connection, with empty settings.
	preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\x00\x00\x00\x04\x00\x00\x00\x00\x00"
)

// A masked text frame that promises 10 bytes and has 3; its first half; and the first of
// two fragments.
const (
	cutFrame   = "\x81\x8a\x00\x00\x00\x00{\"q"
	cutHeader  = "\x81\xfe\x01"
	oneOfTwo   = "\x01\x82\x00\x00\x00\x00{}"
	wholeFrame = "\x81\x82\x00\x00\x00\x00{}"
)

// TestVanish has clients vanish in the middle of a frame, a header, a body, while others
// watch.
func TestVanish(t *testing.T) {
	t.Parallel()
	n := newNeighbours(t)
	post := func(path string) string {
		return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n[{\"mess"
	}
	for _, v := range []vanish{
		{"half a request", atHTTP, "GET /logs HTTP/1.1\r\nHo"},
		{"half a body", atHTTP, post("/logs")},
		{"half an OTLP body", atOTLP, post("/v1/logs")},
		{"after the upgrade", atHTTP, upgrade},
		{"half a frame's header", atHTTP, upgrade + cutHeader},
		{"half a frame", atHTTP, upgrade + cutFrame},
		{"half a message", atHTTP, upgrade + oneOfTwo},
		{"while entries come", atHTTP, upgrade + wholeFrame},
		{"half a frame while entries come", atHTTP, upgrade + wholeFrame + cutFrame},
		{"half an HTTP/2 preface", atGRPC, preface[:10]},
		{"half an HTTP/2 frame", atGRPC, preface + "\x00\x40\x00\x00\x00\x00\x00\x00\x01abc"},
		{"half an HTTP/2 header", atOTLPGRPC, preface + "\x00\x00"},
		{"no HTTP at all", atGRPC, "\x00\xff\x00\xff garbage"},
		{"no HTTP at all", atHTTP, "\x00\xff\x00\xff garbage\r\n\r\n"},
	} {
		for _, reset := range []bool{false, true} {
			v.do(t, n, reset)
		}
	}
	vanishingReaders(t, n)
	n.check(t)
}

func (v vanish) do(t *testing.T, n *neighbours, reset bool) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", v.address(n))
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	rest := v.sent
	if frames, ok := strings.CutPrefix(rest, upgrade); ok {
		// Nobody sends frames before the upgrade is answered.
		send(t, v.name, conn, upgrade)
		const switching = "HTTP/1.1 101 "
		if answer := receive(t, v.name, conn, len(switching)); !strings.HasPrefix(answer, switching) {
			t.Errorf("%s: the server answers %q", v.name, answer)
		}
		rest = frames
	}
	send(t, v.name, conn, rest)
	if strings.Contains(rest, wholeFrame) {
		const enough = 2000
		receive(t, v.name, conn, enough) // so that the server is in the middle of sending
	}
	if reset {
		if err := conn.(*net.TCPConn).SetLinger(0); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.Close(); err != nil {
		t.Errorf("%s: %v", v.name, err)
	}
}

func send(t *testing.T, name string, conn net.Conn, text string) {
	t.Helper()
	if _, err := conn.Write([]byte(text)); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

// receive reads at least n bytes.
func receive(t *testing.T, name string, conn net.Conn, n int) string {
	t.Helper()
	b := make([]byte, n+1000)
	got, err := io.ReadAtLeast(conn, b, n)
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return string(b[:got])
}

// vanishingReaders open streams, never read, and go away.
func vanishingReaders(t *testing.T, n *neighbours) {
	t.Helper()
	var sockets []*websocket.Conn
	for i := range 20 {
		sockets = append(sockets, openSocket(t, n.server.HTTP, fmt.Sprintf(`{"last": %d}`, 100*i)))
	}
	eventually(t, "all of them are watching", func() bool {
		return n.server.Metric(t, openStreams) >= n.open+float64(len(sockets))
	})
	for _, s := range sockets {
		if err := s.NetConn().Close(); err != nil {
			t.Error(err)
		}
	}
}
