package client

import (
	"context"
	"crypto/tls"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
)

const (
	// connectTimeout is how long one attempt to connect may take, TLS included.
	connectTimeout = 10 * time.Second
	// A connection with a stream on it on which nothing came for pingAfter is asked
	// whether the server is still there, and is given up after pingTimeout: a vanished
	// machine or a forgetful firewall is noticed in 40 s, where TCP takes a quarter of an
	// hour.
	pingAfter   = 30 * time.Second
	pingTimeout = 10 * time.Second
	// maxReceiveBytes bounds a received message. The server keeps its own below 4 MiB;
	// the rest is room for servers that were told otherwise.
	maxReceiveBytes = 16 << 20
)

// readRetries lets grpc try the methods that only read again, which nothing can come
// twice of. Monitor is not among them: its Stream knows better from where.
const readRetries = `{"methodConfig": [{
	"name": [
		{"service": "logger.v1.Logger", "method": "ListEntries"},
		{"service": "logger.v1.Logger", "method": "ListFields"}
	],
	"retryPolicy": {
		"maxAttempts": 4, "initialBackoff": "0.1s", "maxBackoff": "2s", "backoffMultiplier": 3,
		"retryableStatusCodes": ["UNAVAILABLE"]
	}
}]}`

// Option changes how Dial makes a client.
type Option func(*options)

type options struct {
	transport   credentials.TransportCredentials      // nil: not encrypted
	token       string                                // of WithToken
	source      func(context.Context) (string, error) // nil: no token
	plaintext   bool
	reconnect   bool
	backoff     Backoff
	userAgent   string
	onReconnect func(attempt int, err error, wait time.Duration)
	dial        []grpc.DialOption
}

func defaults() options {
	return options{
		reconnect:   true,
		backoff:     DefaultBackoff(),
		userAgent:   "logsieve-client-go",
		onReconnect: func(int, error, time.Duration) {},
	}
}

// WithTransportCredentials sets how the connection is secured.
func WithTransportCredentials(creds credentials.TransportCredentials) Option {
	return func(o *options) { o.transport = creds }
}

// WithTLS encrypts the connection. A nil configuration is Go's default: the server's
// certificate is checked against the certificates of the system.
func WithTLS(cfg *tls.Config) Option {
	return WithTransportCredentials(credentials.NewTLS(cfg))
}

// WithToken sends a bearer token with every call. Dial refuses to send one unencrypted to
// another machine.
func WithToken(token string) Option {
	return func(o *options) {
		o.token, o.source = token, nil
		if token != "" {
			o.source = func(context.Context) (string, error) { return token, nil }
		}
	}
}

// WithTokenSource sends a bearer token with every call that source returns for it, for
// tokens that expire. A stream whose credential has expired or was replaced asks it again
// and goes on from where it was; if the server refuses what it returns then, the stream
// ends with UNAUTHENTICATED.
//
// The source is called for each call and each time that a stream is opened, concurrently,
// with a context that ends with the call: it keeps a token for as long as that is good. Its
// error ends the call with UNAUTHENTICATED, or with its own code if it is a gRPC status; with
// UNAVAILABLE a stream tries again.
func WithTokenSource(source func(ctx context.Context) (string, error)) Option {
	return func(o *options) { o.token, o.source = "", source }
}

// WithPlaintextToken lets the token go to another machine unencrypted, where everybody on
// the way can read and use it. It is for networks that encrypt by themselves.
func WithPlaintextToken() Option {
	return func(o *options) { o.plaintext = true }
}

// WithReconnect sets whether streams outlive transient faults. Default: true. See the
// package comment for what that means.
func WithReconnect(on bool) Option {
	return func(o *options) { o.reconnect = on }
}

// WithBackoff sets the pace of reconnecting. Default: [DefaultBackoff].
func WithBackoff(b Backoff) Option {
	return func(o *options) { o.backoff = b }
}

// WithUserAgent sets the name under which this program appears in the server's log, for
// example "deploy-bot/1.2". Default: "logsieve-client-go".
func WithUserAgent(name string) Option {
	return func(o *options) { o.userAgent = name }
}

// WithOnReconnect sets a function that is told when a stream has lost its connection. It
// is called before each attempt to open the stream again, with the number of the attempt
// since the stream last ran (from 1), the fault, and the time until the attempt; and with
// 0, nil and 0 once the stream runs again.
//
// It runs on the goroutine that called Recv, concurrently for different streams. It may
// call Send, but neither Recv nor Close of its stream, which would wait for themselves.
func WithOnReconnect(f func(attempt int, err error, wait time.Duration)) Option {
	return func(o *options) {
		if f != nil {
			o.onReconnect = f
		}
	}
}

// WithDialOption adds options of grpc-go, which override those of this package.
func WithDialOption(opts ...grpc.DialOption) Option {
	return func(o *options) { o.dial = append(o.dial, opts...) }
}

// dialOptions checks the options and returns them as grpc-go's.
func (o *options) dialOptions(target string) ([]grpc.DialOption, error) {
	if o.backoff.Initial <= 0 || o.backoff.Max < o.backoff.Initial {
		return nil, fmt.Errorf("client: the back-off %v to %v is not possible: Initial must be above 0 and Max at least Initial",
			o.backoff.Initial, o.backoff.Max)
	}
	opts := []grpc.DialOption{
		grpc.WithUserAgent(o.userAgent),
		grpc.WithConnectParams(o.backoff.connectParams()),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: pingAfter, Timeout: pingTimeout}),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxReceiveBytes)),
		grpc.WithDefaultServiceConfig(readRetries),
	}
	encrypted := o.transport != nil && o.transport.Info().SecurityProtocol != insecure.NewCredentials().Info().SecurityProtocol
	if o.transport == nil {
		o.transport = insecure.NewCredentials()
	}
	opts = append(opts, grpc.WithTransportCredentials(o.transport))
	if o.source != nil {
		token, err := o.bearer(target, encrypted)
		if err != nil {
			return nil, err
		}
		opts = append(opts, grpc.WithPerRPCCredentials(token))
	}
	return append(opts, o.dial...), nil
}
