package gateway

import (
	"cmp"
	"net/http"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/door"
	"github.com/seed-2f16ea30/logsieve/internal/gateway/wsconn"
)

// Config holds what a client may cost and how long things may take. A field that is 0
// has its default.
type Config struct {
	// MessageSize is the longest message that a WebSocket client may send, in bytes.
	// Default: 64 KiB.
	MessageSize int
	// MessageRate is how many messages a WebSocket client may send within a second.
	// Default: 100.
	MessageRate int
	// PingInterval is how often a WebSocket client is pinged, and an idle SSE stream sent a
	// comment. Default: 25 s.
	PingInterval time.Duration
	// PongTimeout is how long the answer to a ping may take. Default: 8 s.
	PongTimeout time.Duration
	// WriteTimeout is how long one write may wait for a client that takes nothing.
	// Default: 30 s.
	WriteTimeout time.Duration
	// BodySize is the longest body of a request, in bytes, as it is sent. Default: 4 MiB.
	BodySize int
	// DecodedSize is the longest body after decompression, in bytes. Default: 20 MiB.
	DecodedSize int
	// CallSize is the longest message that the service takes, in bytes. A body with more
	// entries goes in several calls, of which a later one can fail where an earlier one has
	// stored. Default: BodySize.
	CallSize int
	// Hit, if not nil, is called with the name of a limit each time that it bites.
	Hit func(limit string)
	// Door says who may come in. Nil asks nobody who they are.
	Door *door.Door
	// Web is what the door knows of browsers, names and proxies.
	Web door.WebConfig
}

// withDefaults returns the configuration with all fields set.
func (c Config) withDefaults() Config {
	c.MessageSize = cmp.Or(c.MessageSize, 64<<10)
	c.MessageRate = cmp.Or(c.MessageRate, 100)
	c.PingInterval = cmp.Or(c.PingInterval, 25*time.Second)
	c.PongTimeout = cmp.Or(c.PongTimeout, 8*time.Second)
	c.WriteTimeout = cmp.Or(c.WriteTimeout, 30*time.Second)
	c.BodySize = cmp.Or(c.BodySize, 4<<20)
	c.DecodedSize = cmp.Or(c.DecodedSize, 20<<20)
	c.CallSize = cmp.Or(c.CallSize, c.BodySize)
	return c
}

// closeTimeout is how long a WebSocket client has to answer a close frame: a round trip
// to anywhere on earth, and a browser's main thread that is busy.
const closeTimeout = 2 * time.Second

func (c Config) limits() wsconn.Limits {
	return wsconn.Limits{
		MessageSize:  c.MessageSize,
		MessageRate:  c.MessageRate,
		Hit:          c.Hit,
		PingInterval: c.PingInterval,
		PongTimeout:  c.PongTimeout,
		WriteTimeout: c.WriteTimeout,
		CloseTimeout: closeTimeout,
	}
}

// What the http.Server around a Gateway should be given. Its ReadTimeout and WriteTimeout
// stay 0: they would end streams; the Gateway sets deadlines of its own.
const (
	ReadHeaderTimeout = 5 * time.Second
	IdleTimeout       = 60 * time.Second
	MaxHeaderBytes    = 32 << 10
)

// Mount is a handler that the edge serves for others: documents, the UI, a way in for
// entries.
type Mount struct {
	// Pattern is one of chi: /docs/*, for instance. It is served for the methods that the
	// table of permissions in package door has for it, and must have one.
	Pattern string
	// Handler sees the request with its path as it came.
	Handler http.Handler
}
