// Package grpcapi makes gRPC servers: their limits, what stands around every call, and
// the health and reflection services.
//
// The same server serves native clients over TCP and the HTTP edge over an in-process
// connection, so that both go through the same interceptors.
package grpcapi

import (
	"context"
	"crypto/tls"
	"log/slog"
	"math"
	"runtime/debug"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/tap"

	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/door"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
)

// The limits of a connection. grpc-go's own defaults, in brackets, suit callers that are
// trusted.
const (
	handshakeTimeout = 10 * time.Second // [120 s]
	maxHeaderBytes   = 16 << 10         // [16 MiB]
	idleTimeout      = 15 * time.Minute // [none] a connection without a call is closed
	pingAfter        = 30 * time.Second // [2 h] without traffic, a client is asked whether it is there
	pingTimeout      = 10 * time.Second // [20 s] and has so long to answer
	minPingInterval  = 10 * time.Second // [5 min] a client may ping this often
)

// StreamWindow and ConnWindow are how many bytes a client may send that the server has not
// read, on one stream and on one connection. Left alone grpc-go makes both as large as the
// connection is fast, up to 16 MiB. A stream with a round trip of 50 ms still takes in
// 5 MB a second, which is above ingest.rate_size.
const (
	StreamWindow = 256 << 10
	ConnWindow   = 1 << 20
)

// Config holds the limits that are the user's to set.
type Config struct {
	// MaxMessageBytes bounds a message that is received.
	MaxMessageBytes int
	// MaxStreams bounds the calls that one connection may have open at the same time.
	MaxStreams int
	// Door lets calls in. Nil asks nobody who they are.
	Door *door.Door
	// Calls, if not nil, bounds the calls of each principal.
	Calls *Calls
	// TLS, if not nil, is what connections from a network are held to.
	TLS *tls.Config
}

// New returns a server with the interceptors of logsieve. Calls that fail are told to the
// caller as package fault says; what is the server's own fault is logged.
func New(cfg Config, logger *slog.Logger, options ...grpc.ServerOption) *grpc.Server {
	var server *grpc.Server
	g := guard{cfg.Door, cfg.Calls, logger, sync.OnceValue(func() map[string]bool { return streaming(server) })}
	var network credentials.TransportCredentials
	if cfg.TLS != nil {
		network = credentials.NewTLS(cfg.TLS)
	}
	server = grpc.NewServer(append([]grpc.ServerOption{
		door.Credentials(network),
		grpc.InTapHandle(g.admit),
		grpc.ConnectionTimeout(handshakeTimeout),
		grpc.MaxHeaderListSize(maxHeaderBytes),
		grpc.MaxRecvMsgSize(cfg.MaxMessageBytes),
		grpc.StaticStreamWindowSize(StreamWindow),
		grpc.StaticConnWindowSize(ConnWindow),
		grpc.MaxConcurrentStreams(uint32(min(max(cfg.MaxStreams, 1), math.MaxUint32))),
		grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: idleTimeout, Time: pingAfter, Timeout: pingTimeout}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: minPingInterval, PermitWithoutStream: true}),
		// Stop waits for the handlers: they use the hub and the store, which close after it.
		grpc.WaitForHandlers(true),
		grpc.ChainUnaryInterceptor(g.unary),
		grpc.ChainStreamInterceptor(g.stream),
	}, options...)...)
	return server
}

// streaming returns which methods of a server are not unary.
func streaming(s *grpc.Server) map[string]bool {
	all := make(map[string]bool)
	for name, service := range s.GetServiceInfo() {
		for _, m := range service.Methods {
			if m.IsClientStream || m.IsServerStream {
				all["/"+name+"/"+m.Name] = true
			}
		}
	}
	return all
}

// RegisterHealth adds grpc.health.v1 and reflection to a server, after all its other
// services. The returned health server says SERVING for the server as a whole once it is
// told so.
func RegisterHealth(s *grpc.Server) *health.Server {
	h := health.NewServer()
	h.SetServingStatus("", healthv1.HealthCheckResponse_NOT_SERVING)
	healthv1.RegisterHealthServer(s, h)
	reflection.Register(s)
	return h
}

// guard stands around every call: it lets it in or not, and turns errors into statuses and
// panics into errors.
type guard struct {
	door   *door.Door
	calls  *Calls
	logger *slog.Logger
	// streaming are the methods that are not unary. It is asked when all are registered.
	streaming func() map[string]bool
}

// admit lets a call in before its stream exists: an interceptor is called when the message
// of a unary call has been read, up to 20 MiB of it for whoever asks. It runs in the
// goroutine that reads from the connection, so an authenticator that waits for an issuer's
// keys holds up this one client.
func (g guard) admit(ctx context.Context, call *tap.Info) (admitted context.Context, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			admitted, err = ctx, g.panicked(call.FullMethodName, cause)
		}
	}()
	admitted, err = g.door.AdmitCall(ctx, call.FullMethodName)
	if err != nil {
		return refuse(ctx, g.status(call.FullMethodName, err))
	}
	p := auth.FromContext(admitted)
	if p == nil {
		// Public: whoever comes could hold a message of the largest size, never whole, on each
		// of their streams.
		return within(admitted, publicTimeout), nil
	}
	if err := g.calls.enter(admitted, p.Name); err != nil {
		return refuse(ctx, g.status(call.FullMethodName, err))
	}
	if !g.streaming()[call.FullMethodName] {
		return within(admitted, unaryTimeout), nil
	}
	return admitted, nil
}

const (
	// publicTimeout is how long a call may take of somebody who is not known: a probe.
	publicTimeout = 5 * time.Second
	// unaryTimeout is how long any other call may take that is not a stream, its message
	// included: as long as the body of an HTTP request may take to come.
	unaryTimeout = time.Minute
	// refusalTimeout is how long a call that is refused may be kept.
	refusalTimeout = time.Second
)

// within returns a context that ends after some time, if not before.
func within(ctx context.Context, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(ctx, d)
	context.AfterFunc(ctx, cancel) // it ends with its stream, or by itself
	return ctx
}

type refusalKey struct{}

// refuse refuses a call before its stream exists. One whose deadline is far off is given a
// stream, and refused by the interceptors, before any handler: grpc-go keeps the timer of a
// call that the tap refuses until the deadline of that call, so that anybody, without a
// credential, could fill the memory with them. What comes of its message within
// refusalTimeout is thrown away.
func refuse(ctx context.Context, refusal error) (context.Context, error) {
	if end, ok := ctx.Deadline(); !ok || time.Until(end) <= refusalTimeout {
		return ctx, refusal
	}
	return within(context.WithValue(ctx, refusalKey{}, refusal), refusalTimeout), nil
}

// refused returns why a call is refused that the tap has let through, nil if it is not.
func refused(ctx context.Context) error {
	err, _ := ctx.Value(refusalKey{}).(error)
	return err
}

func (g guard) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (resp any, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = g.panicked(info.FullMethod, cause)
		}
	}()
	if err := refused(ctx); err != nil {
		return nil, err
	}
	resp, err = next(ctx, req)
	return resp, g.status(info.FullMethod, err)
}

func (g guard) stream(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = g.panicked(info.FullMethod, cause)
		}
	}()
	if err := refused(stream.Context()); err != nil {
		return err
	}
	return g.status(info.FullMethod, next(srv, stream))
}

func (g guard) status(method string, err error) error {
	if err == nil {
		return nil
	}
	st, known := fault.Status(err)
	switch {
	case !known:
		g.logger.Error("a call failed", "method", method, "error", err)
	case st.Code() == codes.ResourceExhausted:
		g.logger.Warn("a call was turned away", "method", method, "error", err)
	default: // the caller went away, made a mistake that it has been told, or the server is being stopped
		g.logger.Debug("a call ended", "method", method, "error", err)
	}
	return st.Err()
}

// panicked makes a panic the failure of one call.
func (g guard) panicked(method string, cause any) error {
	g.logger.Error("a call panicked", "method", method, "panic", cause, "stack", string(debug.Stack()))
	return status.Error(codes.Internal, "the server failed: its log says why")
}
