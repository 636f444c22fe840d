package monitor_test

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// callers put principals into the contexts of calls, as the edge does: each call says in its
// metadata which one it comes from, and comes from everybody if it does not.
type callers struct{ known sync.Map }

const callerKey = "test-caller"

func (c *callers) context(ctx context.Context) context.Context {
	p := auth.Anonymous()
	if names := metadata.ValueFromIncomingContext(ctx, callerKey); len(names) > 0 {
		known, _ := c.known.Load(names[0])
		p, _ = known.(*auth.Principal) // nil for nobody
	}
	return auth.NewContext(ctx, p)
}

func (c *callers) unary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	return next(c.context(ctx), req)
}

func (c *callers) stream(srv any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	return next(srv, called{stream, c.context(stream.Context())})
}

// called is a stream with another context.
type called struct {
	grpc.ServerStream

	ctx context.Context
}

func (c called) Context() context.Context { return c.ctx }

// as returns the server for the use of a principal, nil for a call that has none.
func (s *server) as(p *auth.Principal) *server {
	s.t.Helper()
	name := "nobody"
	if p != nil {
		name = p.Name
		s.callers.known.Store(name, p)
	}
	conn, err := grpc.NewClient("passthrough:///test",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return s.pipe.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithUnaryInterceptor(func(ctx context.Context, method string, req, resp any, cc *grpc.ClientConn, next grpc.UnaryInvoker, opts ...grpc.CallOption) error {
			return next(metadata.AppendToOutgoingContext(ctx, callerKey, name), method, req, resp, cc, opts...)
		}),
		grpc.WithStreamInterceptor(func(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, next grpc.Streamer, opts ...grpc.CallOption) (grpc.ClientStream, error) {
			return next(metadata.AppendToOutgoingContext(ctx, callerKey, name), desc, cc, method, opts...)
		}))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	other := *s
	other.LoggerClient = loggerv1.NewLoggerClient(conn)
	return &other
}

// principal returns one that may read what a query selects, everything if it is empty.
func principal(t *testing.T, name, scope string) *auth.Principal {
	t.Helper()
	p := &auth.Principal{Name: name, Permissions: auth.Read | auth.Write}
	if scope != "" {
		m, err := filter.Parse(scope)
		if err != nil {
			t.Fatal(err)
		}
		p.Scope = m
	}
	return p
}

// logText is what the service has logged.
type logText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
