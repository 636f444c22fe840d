package wsconn_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/seed-2f16ea30/logsieve/internal/gateway/wsconn"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// lavish are limits that no test comes near.
var lavish = wsconn.Limits{
	MessageSize: 64 << 10, MessageRate: 1000, PingInterval: time.Hour, PongTimeout: time.Hour,
	WriteTimeout: patience, CloseTimeout: patience,
}

// server is a WebSocket server whose library writes and reads through a Conn.
type server struct {
	conn *wsconn.Conn
	ws   *websocket.Conn
	// read is what the library's read loop ended with, after the loop has ended.
	read chan error
	// messages are what it read.
	messages chan string
}

// connect returns both ends of a WebSocket over a real socket. The server's reads until
// it fails, like the proxy's read loop.
func connect(t *testing.T, limits wsconn.Limits) (*server, *websocket.Conn) {
	t.Helper()
	connected := make(chan *server, 1)
	var wg sync.WaitGroup
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := &hijacker{ResponseWriter: w, limits: limits}
		upgrader := websocket.Upgrader{ReadBufferSize: 1024, WriteBufferSize: 1024}
		ws, err := upgrader.Upgrade(h, r, nil)
		if err != nil {
			t.Errorf("upgrade: %v", err)
			return
		}
		s := &server{conn: h.conn, ws: ws, read: make(chan error, 1), messages: make(chan string, 16)}
		wg.Go(s.readLoop)
		connected <- s
	}))
	client, resp, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(web.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	_ = client.SetReadDeadline(time.Now().Add(patience))
	s := <-connected
	t.Cleanup(func() {
		_ = client.Close()
		_ = s.conn.Close()
		wg.Wait()
		web.Close()
	})
	return s, client
}

func (s *server) readLoop() {
	for {
		_, p, err := s.ws.ReadMessage()
		if err != nil {
			s.read <- err
			close(s.messages)
			return
		}
		s.messages <- string(p)
	}
}

type hijacker struct {
	http.ResponseWriter

	limits wsconn.Limits
	conn   *wsconn.Conn
}

func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	socket, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err == nil {
		h.conn = wsconn.New(socket, h.limits, "")
	}
	return h.conn, rw, err
}

// closeFrame reads until the end and returns the close frame.
func closeFrame(t *testing.T, client *websocket.Conn) *websocket.CloseError {
	t.Helper()
	for {
		if _, _, err := client.ReadMessage(); err != nil {
			end, ok := errors.AsType[*websocket.CloseError](err)
			if !ok {
				t.Fatalf("no close frame: %v", err)
			}
			return end
		}
	}
}

func TestLinesAreMessages(t *testing.T) {
	s, client := connect(t, lavish)
	lines := []string{
		"a", strings.Repeat("b", 125), strings.Repeat("c", 126), strings.Repeat("d", 1<<16-1), strings.Repeat("e", 1<<16),
		strings.Repeat("f", 3<<20), "g",
	}
	for i := range 1000 {
		lines = append(lines, fmt.Sprint("line ", i))
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.conn.WriteLines([]byte(strings.Join(lines[:3], "\n") + "\n\n\n")); err != nil {
			t.Error(err)
		}
		if err := s.conn.WriteLines([]byte(strings.Join(lines[3:], "\n"))); err != nil {
			t.Error(err)
		}
	})
	for i, want := range lines {
		kind, got, err := client.ReadMessage()
		if err != nil || kind != websocket.TextMessage || string(got) != want {
			t.Fatalf("line %d: got %d bytes of type %d, %v, want %d bytes", i, len(got), kind, err, len(want))
		}
	}
	wg.Wait()
}

// The stock proxy writes pings beside its other writer, and the library panics.
func TestPingsComeBetweenFrames(t *testing.T) {
	limits := lavish
	limits.PingInterval = 50 * time.Microsecond
	s, client := connect(t, limits)
	pings := 0
	client.SetPingHandler(func(string) error { pings++; return nil })
	const batches, perBatch = 300, 50
	var wg sync.WaitGroup
	wg.Go(func() {
		batch := bytes.Repeat([]byte(strings.Repeat("x", 300)+"\n"), perBatch)
		for range batches {
			if err := s.conn.WriteLines(batch); err != nil {
				t.Error(err)
				return
			}
		}
	})
	wg.Go(func() {
		// The library's own writer at the same time, a frame of which comes in two pieces.
		for range batches {
			if err := s.ws.WriteMessage(websocket.TextMessage, bytes.Repeat([]byte{'x'}, 3000)); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for i := range batches * (perBatch + 1) {
		if _, p, err := client.ReadMessage(); err != nil || strings.Trim(string(p), "x") != "" {
			t.Fatalf("message %d: %q, %v", i, p, err)
		}
	}
	wg.Wait()
	if pings == 0 {
		t.Error("there was no ping")
	}
}

func TestCloseFrame(t *testing.T) {
	for _, c := range []struct {
		name   string
		ends   []wsconn.End
		code   int
		reason string
	}{
		{"none given", nil, wsconn.Normal, ""},
		{"the first counts", []wsconn.End{{Code: 4400, Reason: "a"}, {Code: wsconn.Internal, Reason: "b"}}, 4400, "a"},
		{"a long reason is cut", []wsconn.End{{Code: 4429, Reason: strings.Repeat("é", 100)}}, 4429, strings.Repeat("é", 60) + "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, client := connect(t, lavish)
			for i, end := range c.ends {
				if first := s.conn.End(end); first != (i == 0) {
					t.Errorf("End %d reports %v", i, first)
				}
			}
			var wg sync.WaitGroup
			wg.Go(func() { _ = s.conn.Close() })
			if end := closeFrame(t, client); end.Code != c.code || end.Text != c.reason {
				t.Errorf("got %d %q, want %d %q", end.Code, end.Text, c.code, c.reason)
			}
			wg.Wait()
			if err := s.conn.WriteLines([]byte("late\n")); !errors.Is(err, net.ErrClosed) {
				t.Errorf("a write after the end: %v", err)
			}
		})
	}
}

func TestClientsCloseFrameIsAnsweredOnce(t *testing.T) {
	s, client := connect(t, lavish)
	if err := client.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(4999, "bye"), time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if err := <-s.read; !websocket.IsCloseError(err, 4999) {
		t.Errorf("the server read %v", err)
	}
	s.conn.End(wsconn.End{Code: wsconn.Internal, Reason: "too late"})
	if err := s.conn.Close(); err != nil {
		t.Error(err)
	}
	if end := closeFrame(t, client); end.Code != 4999 {
		t.Errorf("got %d, want the client's own code", end.Code)
	}
}

// raw writes a frame of a client, masked with zeros, that may be wrong.
func raw(t *testing.T, client *websocket.Conn, head byte, payload []byte) {
	t.Helper()
	frame := []byte{head}
	switch n := len(payload); {
	case n <= 125:
		frame = append(frame, 0x80|byte(n))
	default:
		frame = append(frame, 0x80|126, byte(n>>8), byte(n))
	}
	frame = append(append(frame, 0, 0, 0, 0), payload...)
	if _, err := client.NetConn().Write(frame); err != nil {
		t.Logf("the server refuses more: %v", err)
	}
}

func TestLimits(t *testing.T) {
	const text, final, ping = 1, 0x80, 9
	for _, c := range []struct {
		name string
		send func(t *testing.T, client *websocket.Conn)
		code int
		word string
	}{
		{"a message that is too long", func(t *testing.T, client *websocket.Conn) {
			t.Helper()
			if err := client.WriteMessage(websocket.TextMessage, make([]byte, 10<<20)); err != nil {
				t.Log(err)
			}
		}, wsconn.TooBig, "65536"},
		{"a length of 2^63", func(t *testing.T, client *websocket.Conn) {
			t.Helper()
			_, err := client.NetConn().Write([]byte{final | text, 0x80 | 127, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
			if err != nil {
				t.Error(err)
			}
		}, wsconn.TooBig, "65536"},
		{"fragments that are too long together", func(t *testing.T, client *websocket.Conn) {
			t.Helper()
			raw(t, client, text, make([]byte, 60_000))
			raw(t, client, final, make([]byte, 6_000))
		}, wsconn.TooBig, "65536"},
		{"fragments without end", func(t *testing.T, client *websocket.Conn) {
			t.Helper()
			raw(t, client, text, nil)
			for range 200 {
				raw(t, client, 0, nil)
			}
		}, wsconn.TooBig, "fragments"},
		{"pings without end", func(t *testing.T, client *websocket.Conn) {
			t.Helper()
			for range 100 {
				raw(t, client, final|ping, nil)
			}
		}, wsconn.Policy, "pings"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, client := connect(t, lavish)
			if err := client.WriteMessage(websocket.TextMessage, []byte("before")); err != nil {
				t.Fatal(err)
			}
			var wg sync.WaitGroup
			wg.Go(func() {
				<-s.read
				_ = s.conn.Close()
			})
			wg.Go(func() { c.send(t, client) })
			if end := closeFrame(t, client); end.Code != c.code || !strings.Contains(end.Text, c.word) {
				t.Errorf("got %d %q, want %d and %q", end.Code, end.Text, c.code, c.word)
			}
			if got := <-s.messages; got != "before" {
				t.Errorf("what was sent before the mistake came as %q", got)
			}
			_ = client.Close()
			wg.Wait()
		})
	}
}

func TestAtTheLimit(t *testing.T) {
	s, client := connect(t, lavish)
	long := strings.Repeat("x", lavish.MessageSize)
	for range 2 { // the count begins anew with each message
		if err := client.WriteMessage(websocket.TextMessage, []byte(long)); err != nil {
			t.Fatal(err)
		}
		if got := <-s.messages; got != long {
			t.Fatalf("got %d bytes", len(got))
		}
	}
}

func TestLengthsOfMessages(t *testing.T) {
	s, client := connect(t, lavish)
	for _, text := range []string{"", "{}", "{\n}\n"} {
		if err := client.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	w, err := client.NextWriter(websocket.TextMessage)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := io.WriteString(w, strings.Repeat("x", 5000)); err != nil { // in fragments
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{0, 2, 4, 15000} {
		message := <-s.messages
		if n, ok := s.conn.NextMessage(); !ok || n.Length != want || n.Length != len(message) {
			t.Errorf("length %v, %v, want %v of %q", n, ok, want, message)
		}
	}
	if n, ok := s.conn.NextMessage(); ok {
		t.Errorf("there is a length %v more", n)
	}
}

func TestSilentClientIsGivenUp(t *testing.T) {
	limits := lavish
	limits.PingInterval, limits.PongTimeout = 20*time.Millisecond, 20*time.Millisecond
	s, client := connect(t, limits)
	if err := <-s.read; err == nil { // the client does not read yet, so it answers no ping
		t.Fatal("the read loop goes on")
	}
	var wg sync.WaitGroup
	wg.Go(func() { _ = s.conn.Close() })
	if end := closeFrame(t, client); end.Code != wsconn.GoingAway || !strings.Contains(end.Text, "pong") {
		t.Errorf("got %d %q", end.Code, end.Text)
	}
	wg.Wait()
}

func TestClientThatAnswersPingsStays(t *testing.T) {
	limits := lavish
	limits.PingInterval, limits.PongTimeout = 10*time.Millisecond, 5*time.Second
	s, client := connect(t, limits)
	seen := make(chan struct{}, 1000)
	pong := client.PingHandler()
	client.SetPingHandler(func(data string) error {
		seen <- struct{}{}
		return pong(data)
	})
	var wg sync.WaitGroup
	wg.Go(func() { closeFrame(t, client) })
	for range 5 {
		<-seen
	}
	select {
	case err := <-s.read:
		t.Errorf("given up: %v", err)
	default:
	}
	_ = s.conn.Close()
	wg.Wait()
}

// fill writes until the client's buffers are full and returns the error that ends it.
func fill(s *server) error {
	batch := bytes.Repeat([]byte(strings.Repeat("x", 1023)+"\n"), 64)
	for {
		if err := s.conn.WriteLines(batch); err != nil {
			return err
		}
	}
}

func TestStalledClientIsGivenUp(t *testing.T) {
	limits := lavish
	limits.WriteTimeout = 50 * time.Millisecond
	s, _ := connect(t, limits)
	if err := fill(s); err == nil || !strings.Contains(err.Error(), "timeout") {
		t.Errorf("got %v, want a time-out", err)
	}
	if err := s.conn.Close(); err != nil {
		t.Error(err)
	}
}

func TestExpireCutsOffAStalledWrite(t *testing.T) {
	limits := lavish
	limits.WriteTimeout, limits.CloseTimeout = time.Hour, 50*time.Millisecond
	s, _ := connect(t, limits)
	filled := make(chan error, 1)
	go func() { filled <- fill(s) }()
	s.conn.Expire()
	if err := <-filled; err == nil {
		t.Error("the write goes on")
	}
}

func TestCloseDoesNotWaitForAStalledWrite(t *testing.T) {
	limits := lavish
	limits.WriteTimeout, limits.CloseTimeout = time.Hour, 50*time.Millisecond
	s, _ := connect(t, limits)
	filled := make(chan error, 1)
	go func() { filled <- fill(s) }()
	if err := s.conn.Close(); err != nil {
		t.Error(err)
	}
	if err := <-filled; err == nil {
		t.Error("the write goes on")
	}
}

func TestVanishedClient(t *testing.T) {
	for name, vanish := range map[string]func(t *testing.T, client *websocket.Conn){
		"between frames": func(*testing.T, *websocket.Conn) {},
		"in a header": func(t *testing.T, client *websocket.Conn) {
			t.Helper()
			if _, err := client.NetConn().Write([]byte{0x81}); err != nil {
				t.Error(err)
			}
		},
		"in a payload": func(t *testing.T, client *websocket.Conn) {
			t.Helper()
			if _, err := client.NetConn().Write([]byte{0x81, 0x80 | 100, 0, 0, 0, 0, 'x'}); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, client := connect(t, lavish)
			vanish(t, client)
			_ = client.Close()
			if err := <-s.read; err == nil {
				t.Error("the read loop goes on")
			}
			begin := time.Now()
			_ = s.conn.Close()
			if took := time.Since(begin); took > patience/2 {
				t.Errorf("closing took %v: it waited for a client that has gone", took)
			}
		})
	}
}
