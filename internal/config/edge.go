package config

import "time"

// Stream bounds what one stream of entries may take, under any transport.
type Stream struct {
	// QueueSize is how much encoded output waits for a reader before the stream counts
	// as behind. Range: 64KiB to 256MiB. Default: 512KiB, since the entries that it counts
	// by their encoding take up to twice that: a stalled stream stays below 1.5 MiB.
	QueueSize Size `key:"queue_size" min:"64KiB" max:"256MiB"`
	// ProgressInterval is how often a stream that asked for notices is told how far it
	// has come. Range: 100ms to 1h. Default: 2s.
	ProgressInterval time.Duration `key:"progress_interval" min:"100ms" max:"1h"`
	// FirstFilterTimeout is how long a stream may be open without a filter. Range: 100ms
	// to 1h. Default: 10s.
	FirstFilterTimeout time.Duration `key:"first_filter_timeout" min:"100ms" max:"1h"`
	// MaxStreams is how many streams may be open at a time. Range: 1 to 1,000,000.
	// Default: 4,096.
	MaxStreams int `key:"max_streams" flag:"*" usage:"how many streams may be open at a time" min:"1" max:"1000000"`
	// MaxStreamsPerPrincipal is how many of them one principal may have: one token, one
	// subject of an issuer, one certificate. Range: 1 to 1,000,000. Default: 64.
	MaxStreamsPerPrincipal int `key:"max_streams_per_principal" min:"1" max:"1000000"`
	// MaxQueued is how much waits for all readers together. Above it, the streams that
	// hold the most count as behind first. Range: 1MiB to 64GiB. Default: 256MiB.
	MaxQueued Size `key:"max_queued" min:"1MiB" max:"64GiB"`
	// MaxAge is how long a stream may last; it is told to come back. Range: 1s to 3650d;
	// 0 is no limit. Default: 0.
	MaxAge time.Duration `key:"max_age" min:"1s" max:"3650d" zero:"no limit"`
	// IdleTimeout is how long a stream may have nothing to send, and get no filter, before it
	// is ended. Range: 1s to 3650d; 0 is no limit. Default: 0.
	IdleTimeout time.Duration `key:"idle_timeout" min:"1s" max:"3650d" zero:"no limit"`
	// MaxEntriesPerSecond is how many entries a second one stream is sent, whatever its
	// filter asks for; what is above it is left out, and told. Range: 1 to 10,000,000; 0 is
	// no limit. Default: 0.
	MaxEntriesPerSecond int `key:"max_entries_per_second" min:"1" max:"10000000" zero:"no limit"`
	// FilterUpdates is how many filters a second one stream takes up; the newest overtakes
	// those that come faster. Range: 1 to 10,000. Default: 10.
	FilterUpdates int `key:"filter_updates" min:"1" max:"10000"`
	// FilterBurst is how many it takes up at once after a pause. Range: 1 to 10,000.
	// Default: 20.
	FilterBurst int `key:"filter_burst" min:"1" max:"10000"`
}

func defaultStream() Stream {
	return Stream{
		QueueSize:              512 * KiB,
		ProgressInterval:       2 * time.Second,
		FirstFilterTimeout:     10 * time.Second,
		MaxStreams:             4096,
		MaxStreamsPerPrincipal: 64,
		MaxQueued:              256 * MiB,
		FilterUpdates:          10,
		FilterBurst:            20,
	}
}

// The values of Ingest.FilesFrom.
const (
	// FromBeginning reads what a file holds already.
	FromBeginning = "beginning"
	// FromEnd reads only what is added to a file that was there at the start.
	FromEnd = "end"
)

// Ingest is how entries come in, and what one of them may be.
type Ingest struct {
	// EntrySize is the largest message that is stored; a longer one is cut, and the
	// entry says so. Range: 1KiB to 16MiB. Default: 256KiB.
	EntrySize Size `key:"entry_size" min:"1KiB" max:"16MiB"`
	// Attributes is how many attributes an entry may have; what is beyond is left out,
	// and the entry says so. Range: 1 to 4,096. Default: 128.
	Attributes int `key:"attributes" min:"1" max:"4096"`
	// BodySize is the largest request as it is sent. Range: 64KiB to 1GiB. Default: 4MiB.
	BodySize Size `key:"body_size" min:"64KiB" max:"1GiB"`
	// DecodedSize is the largest request once it is decompressed, at least BodySize.
	// Range: 64KiB to 4GiB. Default: 20MiB.
	DecodedSize Size `key:"decoded_size" min:"64KiB" max:"4GiB"`
	// RateSize is how many bytes of entries a second one principal may have stored, on
	// average. Range: 1KiB to 1TiB; 0 is no limit. Default: 4MiB.
	RateSize Size `key:"rate_size" min:"1KiB" max:"1TiB" zero:"no limit"`
	// RateBurst is how many bytes it may have stored at once after a pause. Range: 64KiB
	// to 1TiB. Default: 6MiB.
	RateBurst Size `key:"rate_burst" min:"64KiB" max:"1TiB"`
	// RateEntries is how many entries a second one principal may have stored, on average.
	// Range: 1 to 1,000,000,000; 0 is no limit. Default: 20,000.
	RateEntries int `key:"rate_entries" min:"1" max:"1000000000" zero:"no limit"`
	// Stdin reads lines from standard input. Default: false.
	Stdin bool `key:"stdin" flag:"stdin" usage:"read lines from standard input"`
	// Files are the glob patterns of files that are followed. Default: none.
	Files []string `key:"files" flag:"files" usage:"follow the files of this glob pattern (may be repeated)"`
	// FilesFrom is where reading a file begins: FromBeginning or FromEnd. Default:
	// FromEnd.
	FilesFrom string `key:"files_from" flag:"files-from" usage:"where reading a file begins" oneof:"beginning end"`
}

func defaultIngest() Ingest {
	return Ingest{
		EntrySize:   256 * KiB,
		Attributes:  128,
		BodySize:    4 * MiB,
		DecodedSize: 20 * MiB,
		RateSize:    4 * MiB,
		RateBurst:   6 * MiB,
		RateEntries: 20_000,
		FilesFrom:   FromEnd,
	}
}

// WebSocket bounds a WebSocket connection.
type WebSocket struct {
	// MessageSize is the largest message that a client may send. Range: 4KiB to 16MiB.
	// Default: 64KiB.
	MessageSize Size `key:"message_size" min:"4KiB" max:"16MiB"`
	// MessageRate is how many messages a second a client may send. Range: 1 to 100,000.
	// Default: 100: three times what a key that is held down makes.
	MessageRate int `key:"message_rate" min:"1" max:"100000"`
	// PingInterval is how often the server pings, so that proxies keep the connection
	// and a client that vanished is noticed. Range: 1s to 1h. Default: 25s.
	PingInterval time.Duration `key:"ping_interval" min:"1s" max:"1h"`
	// PongTimeout is how long the answer to a ping may take. Range: 1s to 1h.
	// Default: 8s.
	PongTimeout time.Duration `key:"pong_timeout" min:"1s" max:"1h"`
	// WriteTimeout is how long one write may wait for a client that takes nothing.
	// Range: 1s to 1h. Default: 30s.
	WriteTimeout time.Duration `key:"write_timeout" min:"1s" max:"1h"`
}

func defaultWebSocket() WebSocket {
	return WebSocket{
		MessageSize:  64 * KiB,
		MessageRate:  100,
		PingInterval: 25 * time.Second,
		PongTimeout:  8 * time.Second,
		WriteTimeout: 30 * time.Second,
	}
}
