package client

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

var (
	// ErrClosed is what Send returns after Close, and Monitor after the Close of its Client.
	ErrClosed = errors.New("client: the log stream is closed")
	// ErrNotEncrypted is what Dial returns instead of sending a token for all to read.
	ErrNotEncrypted = errors.New("client: the token would be sent unencrypted")
)

// Client is a connection to a logsieve server. All its methods are safe for concurrent
// use. It must be closed when it is no longer used.
type Client struct {
	conn   *grpc.ClientConn
	logger loggerv1.LoggerClient
	opts   options

	closed    chan struct{} // closed by Close, before the connection
	closeOnce sync.Once
	closeErr  error
}

// Dial returns a client of the server at target, for example "127.0.0.1:9090" or
// "dns:///logs.example.com:443". It does not wait for the connection, which is made when
// it is first needed and again whenever it was lost. Without [WithTLS] or
// [WithTransportCredentials] the connection is not encrypted.
//
// It fails if the target or an option is wrong, in particular if a token would go
// unencrypted to another machine.
func Dial(target string, opts ...Option) (*Client, error) {
	o := defaults()
	for _, opt := range opts {
		opt(&o)
	}
	dialOptions, err := o.dialOptions(target)
	if err != nil {
		return nil, err
	}
	conn, err := grpc.NewClient(target, dialOptions...)
	if err != nil {
		return nil, fmt.Errorf("dial %q: %w", target, err)
	}
	return &Client{
		conn: conn, logger: loggerv1.NewLoggerClient(conn), opts: o,
		closed: make(chan struct{}),
	}, nil
}

// Close ends all streams of the client, as their own Close would but without waiting for
// their callers, and closes the connection. Further calls return what the first one
// returned.
func (c *Client) Close() error {
	c.closeOnce.Do(func() {
		close(c.closed)
		c.closeErr = c.conn.Close()
	})
	return c.closeErr
}

// Conn returns the connection, for other services of the same server such as
// grpc.health.v1. It stays the client's own: do not close it.
func (c *Client) Conn() *grpc.ClientConn { return c.conn }

// isClosed tells whether Close was called.
func (c *Client) isClosed() bool {
	select {
	case <-c.closed:
		return true
	default:
		return false
	}
}

// Write stores entries and returns once the server has stored them. Entries that cannot
// be stored are named in the response, the others are kept; it fails with
// INVALID_ARGUMENT if there is none or none can be stored.
//
// It is not tried again after a fault: with UNAVAILABLE the entries may or may not be
// stored, and only the caller knows whether twice is better than never.
func (c *Client) Write(ctx context.Context, entries ...*loggerv1.LogEntry) (*loggerv1.WriteEntriesResponse, error) {
	return c.logger.WriteEntries(ctx, &loggerv1.WriteEntriesRequest{Entries: entries})
}

// Fields returns which fields recent entries have and their commonest values. It is tried
// again a few times if the server is briefly unavailable.
func (c *Client) Fields(ctx context.Context, req *loggerv1.ListFieldsRequest) (*loggerv1.ListFieldsResponse, error) {
	return c.logger.ListFields(ctx, req)
}

// connectParams paces how the connection, which all streams share, is made again. The
// streams' own back-off decides when each of them tries; were this one slower, as grpc-go's
// default of up to two minutes is, they would fail without a packet being sent.
func (b Backoff) connectParams() grpc.ConnectParams {
	return grpc.ConnectParams{
		Backoff:           backoff.Config{BaseDelay: b.Initial, Multiplier: backoffMultiplier, Jitter: 0.2, MaxDelay: b.Max},
		MinConnectTimeout: connectTimeout,
	}
}
