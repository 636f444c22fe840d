package config

import "time"

// Config is everything that can be set. Each part of the server is handed its own
// section, whole. The tags are:
//
//	key      the name in the file
//	flag     the name of the flag; "*" derives it from the key; none, no flag
//	usage    what the flag's help says
//	min, max the range of a number, size or duration, both included
//	zero     what 0 means where min does not allow it
//	oneof    the values allowed, separated by spaces
//	address  "host:port", or "host:port or empty"
//	optional "true" allows an empty text
//	secret   "true" hides the value wherever the configuration is printed
type Config struct {
	Auth      Auth      `key:"auth"`
	TLS       TLS       `key:"tls"`
	GRPC      GRPC      `key:"grpc"`
	HTTP      HTTP      `key:"http"`
	OTLP      OTLP      `key:"otlp"`
	Admin     Admin     `key:"admin"`
	Network   Network   `key:"network"`
	Store     Store     `key:"store"`
	Hub       Hub       `key:"hub"`
	Stream    Stream    `key:"stream"`
	Filter    Filter    `key:"filter"`
	Ingest    Ingest    `key:"ingest"`
	WebSocket WebSocket `key:"websocket"`
	Log       Log       `key:"log"`
	Shutdown  Shutdown  `key:"shutdown"`
}

// Default returns the configuration that holds where nothing is set.
func Default() Config {
	return Config{
		TLS:       TLS{MinVersion: TLS13},
		GRPC:      GRPC{Address: "127.0.0.1:9090", MaxStreams: 128},
		HTTP:      defaultHTTP(),
		OTLP:      OTLP{GRPCAddress: "127.0.0.1:4317", HTTPAddress: "127.0.0.1:4318"},
		Admin:     Admin{Address: "127.0.0.1:9091"},
		Network:   Network{MaxConnections: 16384, MaxConnectionsPerAddress: 256},
		Store:     defaultStore(),
		Hub:       Hub{RingEntries: 65536, RingSize: 64 * MiB},
		Stream:    defaultStream(),
		Filter:    defaultFilter(),
		Ingest:    defaultIngest(),
		WebSocket: defaultWebSocket(),
		Log:       Log{Level: "info", Format: FormatText},
		Shutdown:  Shutdown{Drain: 10 * time.Second},
	}
}

// Hub is the ring of recent entries, from which streams that fall behind a little are
// served without reading the store.
type Hub struct {
	// RingEntries is how many entries the ring holds, at most. Range: 1,024 to
	// 16,777,216. Default: 65,536.
	RingEntries int `key:"ring_entries" min:"1024" max:"16777216"`
	// RingSize is how much memory they may take. Range: 1MiB to 64GiB. Default: 64MiB.
	RingSize Size `key:"ring_size" min:"1MiB" max:"64GiB"`
}

// The values of Log.Format.
const (
	FormatText = "text"
	FormatJSON = "json"
)

// Log is what the server says about itself, on standard error.
type Log struct {
	// Level is the lowest level that is written: debug, info, warn, error. Default: info.
	Level string `key:"level" flag:"*" usage:"lowest level of the server's own log" oneof:"debug info warn error"`
	// Format is FormatText (key=value) or FormatJSON. Default: FormatText.
	Format string `key:"format" flag:"*" usage:"format of the server's own log" oneof:"text json"`
}

// Shutdown is how the server stops.
type Shutdown struct {
	// Drain is how long streams and requests have to end by themselves. Range: 0 to 1h.
	// Default: 10s.
	Drain time.Duration `key:"drain" flag:"*" usage:"how long streams have to end when the server stops" min:"0" max:"1h"`
}
