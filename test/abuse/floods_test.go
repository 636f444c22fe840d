package abuse

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// flood is a way to send more than anybody needs.
type flood struct {
	name, expected string
	// send sends the nth piece of it.
	send func(c *h2, n uint32) error
	// pieces is how many a connection sends, short and in full.
	pieces, all uint32
	// unread tells that the attacker reads none of the answers.
	unread bool
	// wants is an answer that there must be. Empty: none.
	wants string
}

var floods = []flood{
	{
		name: "rapid reset", expected: "no more calls at work than a connection may have",
		pieces: 1_000, all: 20_000,
		send: func(c *h2, n uint32) error {
			if err := c.open(n); err != nil {
				return err
			}
			return c.WriteRSTStream(2*n-1, http2.ErrCodeCancel)
		},
	},
	{
		name: "CONTINUATION", expected: "the connection is ended",
		pieces: 500, all: 5_000, wants: "connection closed",
		send: func(c *h2, n uint32) error {
			if n == 1 {
				return c.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: c.headers()})
			}
			return c.WriteContinuation(1, false, litter(n))
		},
	},
	{
		name: "PING", expected: "ENHANCE_YOUR_CALM of gRPC, answers of HTTP",
		pieces: 2_000, all: 100_000, wants: "GOAWAY ENHANCE_YOUR_CALM",
		send: func(c *h2, n uint32) error { return c.WritePing(false, [8]byte{byte(n), byte(n >> 8)}) },
	},
	{
		name: "PING, answers not read", expected: "the server stops reading",
		pieces: 10_000, all: 200_000, unread: true,
		send: func(c *h2, _ uint32) error { return c.WritePing(false, [8]byte{}) },
	},
	{
		name: "SETTINGS", expected: "answered, or the connection ended",
		pieces: 2_000, all: 50_000,
		send: func(c *h2, n uint32) error {
			return c.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: n})
		},
	},
	{
		name: "SETTINGS, answers not read", expected: "the server stops reading",
		pieces: 10_000, all: 200_000, unread: true,
		send: func(c *h2, _ uint32) error { return c.WriteSettings() },
	},
	{
		name: "empty DATA", expected: "no growth",
		pieces: 2_000, all: 100_000,
		send: func(c *h2, n uint32) error {
			if n == 1 {
				return c.open(1)
			}
			return c.WriteData(1, false, nil)
		},
	},
	{
		name: "WINDOW_UPDATE and PRIORITY", expected: "no growth",
		pieces: 2_000, all: 100_000,
		send: func(c *h2, n uint32) error {
			if n%2 == 0 {
				return c.WriteWindowUpdate(0, 1)
			}
			return c.WritePriority(2*n+1, http2.PriorityParam{StreamDep: 1, Weight: byte(n)})
		},
	},
	{
		name: "headers that unpack to 60 times their length", expected: "refused: the list of headers is too long",
		pieces: 100, all: 1_000, wants: "RST_STREAM FRAME_SIZE_ERROR",
		send: func(c *h2, n uint32) error {
			return c.WriteHeaders(http2.HeadersFrameParam{StreamID: 2*n - 1, BlockFragment: c.packed(), EndHeaders: true})
		},
	},
	{
		name: "calls that never end", expected: "refused beyond the limit of a connection",
		pieces: 500, all: 10_000, wants: "RST_STREAM REFUSED_STREAM",
		send: func(c *h2, n uint32) error { return c.open(n) },
	},
}

// litter is a fragment of a header block of 15 KiB: fields that are not indexed.
func litter(n uint32) []byte {
	b := make([]byte, 0, 15<<10)
	for len(b) < cap(b)-128 {
		name := fmt.Sprintf("x-%d-%d", n, len(b))
		b = append(b, 0, byte(len(name)))
		b = append(b, name...)
		b = append(b, 100)
		b = append(b, strings.Repeat("v", 100)...)
	}
	return b
}

// packed is a header block that puts one field of 3 KiB into the table, and refers to it
// two hundred times.
func (c *h2) packed() []byte {
	long := hpack.HeaderField{Name: "x-long", Value: strings.Repeat("v", 3<<10)}
	block := c.headers(long)
	const newest = 0x80 | 62 // the first index of the table that is not fixed
	for range 200 {
		block = append(block, newest)
	}
	return block
}

// ports returns the addresses of a server that speak HTTP/2. What is behind the first two
// is grpc-go, behind the last one net/http.
func ports(s *server.Server) []port {
	return []port{
		{name: "gRPC", address: s.GRPC, path: "/logger.v1.Logger/Monitor"},
		{name: "OTLP", address: s.OTLPGRPC, path: "/opentelemetry.proto.collector.logs.v1.LogsService/Export"},
		{name: "HTTP", address: s.HTTP, path: "/logs"},
	}
}

// TestFloods floods every address that speaks HTTP/2. All is encrypted: net/http speaks
// HTTP/2 only then.
func TestFloods(t *testing.T) {
	for i, f := range floods {
		t.Run(f.name, func(t *testing.T) {
			settings, trust := encrypted(t)
			attack{
				order: 30 + i, name: "HTTP/2: " + f.name, expected: f.expected, settings: settings, trust: trust,
				growth: 128 << 20, // the buffers of 24 encrypted connections, and a call for each of 128 streams
				run: func(t *testing.T, s *server.Server) (string, string) {
					t.Helper()
					return f.run(t, ports(s))
				},
			}.launch(t)
		})
	}
}

func (f flood) run(t *testing.T, ports []port) (tries, got string) {
	t.Helper()
	const attackers = 8 // to a port
	pieces := scale(f.pieces, f.all)
	var ends tally
	var running sync.WaitGroup
	for i := range attackers * len(ports) {
		p := ports[i%len(ports)]
		running.Go(func() {
			how, err := f.attack(t, i, p, &ends, pieces)
			if err != nil {
				t.Errorf("%s: %v", p.name, err)
			}
			ends.add(how)
		})
	}
	running.Wait()
	if f.wants != "" && ends.count[f.wants] == 0 {
		t.Errorf("got %s, want %s among them", &ends, f.wants)
	}
	return fmt.Sprintf("%d on %d connections", pieces*attackers*uint32(len(ports)), attackers*len(ports)), ends.String()
}

// attack sends a flood on one connection, until it is all sent or the server has had enough.
func (f flood) attack(t *testing.T, attacker int, p port, ends *tally, pieces uint32) (how string, err error) {
	t.Helper()
	c, err := openH2(t.Context(), attacker, p, ends, f.unread)
	if err != nil {
		return "", err
	}
	for n := range pieces {
		if err := f.send(c, n+1); err != nil {
			if f.unread {
				how = ending(err)
			}
			break
		}
	}
	if how == "" || !f.unread {
		how = c.close()
	} else {
		_ = c.Close() // it was never read
	}
	return how, nil
}
