package door

import (
	"context"
	"crypto/rand"
	"net"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/test/bufconn"

	"github.com/seed-2f16ea30/logsieve/internal/auth"
)

// Pipe is the connection between the HTTP edge and the gRPC server of one process. It hands
// over who a request comes from, so that nobody is asked twice: the client's side leaves
// the caller under a random handle that is good for one call, and sends the handle along;
// the server's side takes the caller from there.
//
// A handle is looked at only where a call has come through the pipe, which is told by the
// type of its connection: over a network it is a header like any other. And a call through
// the pipe without a handle is refused.
type Pipe struct {
	*bufconn.Listener

	callers sync.Map // handle → caller
}

// caller is whom a call is made for.
type caller struct {
	principal *auth.Principal
	address   net.Addr // nil if unknown
}

// handleKey is the name under which a handle travels.
const handleKey = "logsieve-caller"

// NewPipe returns a pipe with a buffer of so many bytes in each direction.
func NewPipe(bytes int) *Pipe { return &Pipe{Listener: bufconn.Listen(bytes)} }

// Accept returns the server's side of a connection.
func (p *Pipe) Accept() (net.Conn, error) {
	c, err := p.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &pipeConn{c, p}, nil
}

// pipeConn is the server's side of a connection through a pipe.
type pipeConn struct {
	net.Conn

	pipe *Pipe
}

// DialOptions are those of a client at the other end. It hands over the principal and the
// peer of each call's context.
func (p *Pipe) DialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return p.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithChainUnaryInterceptor(p.unary),
		grpc.WithChainStreamInterceptor(p.stream),
	}
}

func (p *Pipe) unary(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	ctx, forget := p.leave(ctx)
	defer forget()
	return invoke(ctx, method, req, reply, cc, opts...)
}

func (p *Pipe) stream(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, open grpc.Streamer, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	ctx, forget := p.leave(ctx)
	// A call that never reaches the server leaves its caller behind; all end at last.
	context.AfterFunc(ctx, forget)
	return open(ctx, desc, cc, method, opts...)
}

// leave puts the caller of a context down for the server, and returns the context of the
// call that tells where.
func (p *Pipe) leave(ctx context.Context) (call context.Context, forget func()) {
	c := caller{principal: auth.FromContext(ctx)}
	if from, ok := peer.FromContext(ctx); ok {
		c.address = from.Addr
	}
	if c.principal == nil {
		return ctx, func() {} // the server refuses what is not public
	}
	handle := rand.Text()
	p.callers.Store(handle, c)
	return metadata.AppendToOutgoingContext(ctx, handleKey, handle), func() { p.callers.Delete(handle) }
}

// take returns the caller that was left under the handle of a call, and makes the handle
// worthless.
func (p *Pipe) take(md metadata.MD) (c caller, ok bool) {
	handles := md.Get(handleKey)
	if len(handles) != 1 {
		return caller{}, false
	}
	left, ok := p.callers.LoadAndDelete(handles[0])
	if !ok {
		return caller{}, false
	}
	c, ok = left.(caller)
	return c, ok
}
