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
	Store     Store     `key:"store"`
	Hub       Hub       `key:"hub"`
	Stream    Stream    `key:"stream"`
	Ingest    Ingest    `key:"ingest"`
	WebSocket WebSocket `key:"websocket"`
	Log       Log       `key:"log"`
	Shutdown  Shutdown  `key:"shutdown"`
}

// Default returns the configuration that holds where nothing is set.
func Default() Config {
	return Config{
		TLS:       TLS{MinVersion: TLS13},
		GRPC:      GRPC{Address: "127.0.0.1:9090"},
		HTTP:      HTTP{Address: "127.0.0.1:8080"},
		OTLP:      OTLP{GRPCAddress: "127.0.0.1:4317", HTTPAddress: "127.0.0.1:4318"},
		Admin:     Admin{Address: "127.0.0.1:9091"},
		Store:     defaultStore(),
		Hub:       Hub{RingEntries: 65536, RingSize: 64 * MiB},
		Stream:    defaultStream(),
		Ingest:    defaultIngest(),
		WebSocket: defaultWebSocket(),
		Log:       Log{Level: "info", Format: FormatText},
		Shutdown:  Shutdown{Drain: 10 * time.Second},
	}
}

// GRPC is the gRPC listener of the Logger service.
type GRPC struct {
	// Address is host:port; port 0 takes a free one. Default: 127.0.0.1:9090.
	Address string `key:"address" flag:"*" usage:"host:port of the gRPC listener" address:"host:port"`
}

// HTTP is the listener of the HTTP edge: the WebSocket, the JSON interface, documents.
type HTTP struct {
	// Address is host:port; port 0 takes a free one. Default: 127.0.0.1:8080.
	Address string `key:"address" flag:"*" usage:"host:port of the HTTP listener" address:"host:port"`
	// Origins are the origins of web pages, such as https://logs.example.org, that may
	// watch and write besides the server's own. Default: none.
	Origins []string `key:"origins" flag:"*" usage:"origin of web pages that may use the server (may be repeated)"`
}

// OTLP is where OpenTelemetry exporters send logs.
type OTLP struct {
	// GRPCAddress is host:port, empty is off. Default: 127.0.0.1:4317.
	GRPCAddress string `key:"grpc_address" flag:"*" usage:"host:port for OTLP over gRPC, empty: off" address:"host:port or empty"`
	// HTTPAddress is host:port, empty is off. Default: 127.0.0.1:4318.
	HTTPAddress string `key:"http_address" flag:"*" usage:"host:port for OTLP over HTTP, empty: off" address:"host:port or empty"`
}

// Admin is the listener of metrics and profiles.
type Admin struct {
	// Address is host:port, empty is off. Default: 127.0.0.1:9091.
	Address string `key:"address" flag:"*" usage:"host:port for metrics and profiles, empty: off" address:"host:port or empty"`
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
