package config

import "time"

// GRPC is the gRPC listener of the Logger service.
type GRPC struct {
	// Address is host:port; port 0 takes a free one. Default: 127.0.0.1:9090.
	Address string `key:"address" flag:"*" usage:"host:port of the gRPC listener" address:"host:port"`
	// MaxStreams is how many calls one connection may have open at a time; further ones
	// wait at the client. Range: 1 to 1,000,000. Default: 128.
	MaxStreams int `key:"max_streams" min:"1" max:"1000000"`
}

// HTTP is the listener of the HTTP edge: the WebSocket, the JSON interface, documents.
type HTTP struct {
	// Address is host:port; port 0 takes a free one. Default: 127.0.0.1:8080.
	Address string `key:"address" flag:"*" usage:"host:port of the HTTP listener" address:"host:port"`
	// Origins are the origins of web pages, such as https://logs.example.org, that may
	// watch and write besides the server's own. Default: none.
	Origins []string `key:"origins" flag:"*" usage:"origin of web pages that may use the server (may be repeated)"`
	// Hosts are the names by which requests may call the server, besides localhost and
	// addresses in numbers. Default: none.
	Hosts []string `key:"hosts" flag:"*" usage:"name by which the server is called (may be repeated)"`
	// TrustedProxies are the networks of proxies that are believed about whom they
	// forward for. Default: none.
	TrustedProxies []string `key:"trusted_proxies"`
	// HeaderTimeout is how long the headers of a request may take. Range: 1s to 1h.
	// Default: 5s.
	HeaderTimeout time.Duration `key:"header_timeout" min:"1s" max:"1h"`
	// IdleTimeout is how long a connection without a request is kept. Range: 1s to 1h.
	// Default: 60s.
	IdleTimeout time.Duration `key:"idle_timeout" min:"1s" max:"1h"`
}

func defaultHTTP() HTTP {
	return HTTP{Address: "127.0.0.1:8080", HeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
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
	// PProf serves profiles of the process. They show what is in its memory, and taking
	// one costs time. Default: false.
	PProf bool `key:"pprof" flag:"*" usage:"serve profiles on the admin address"`
}

// Network bounds the connections to all listeners but that of Admin, together.
type Network struct {
	// MaxConnections is how many there may be; further ones are closed at once. Range: 1
	// to 1,000,000. Default: 16,384.
	MaxConnections int `key:"max_connections" min:"1" max:"1000000"`
	// MaxConnectionsPerAddress is how many of them may come from one address, trusted
	// proxies excepted; an IPv6 network of 64 bits counts as one. Range: 1 to 1,000,000.
	// Default: 256.
	MaxConnectionsPerAddress int `key:"max_connections_per_address" min:"1" max:"1000000"`
}
