// Package grpcapi makes gRPC servers: their limits, what stands around every call, and
// the health and reflection services.
//
// The same server serves native clients over TCP and the HTTP edge over an in-process
// connection, so that both go through the same interceptors.
package grpcapi

import (
	"context"
	"log/slog"
	"math"
	"runtime/debug"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/status"

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

// Config holds the limits that are the user's to set.
type Config struct {
	// MaxMessageBytes bounds a message that is received.
	MaxMessageBytes int
	// MaxStreams bounds the calls that one connection may have open at the same time.
	MaxStreams int
}

// New returns a server with the interceptors of logsieve. Calls that fail are told to the
// caller as package fault says; what is the server's own fault is logged.
func New(cfg Config, logger *slog.Logger, options ...grpc.ServerOption) *grpc.Server {
	g := guard{logger}
	return grpc.NewServer(append([]grpc.ServerOption{
		grpc.ConnectionTimeout(handshakeTimeout),
		grpc.MaxHeaderListSize(maxHeaderBytes),
		grpc.MaxRecvMsgSize(cfg.MaxMessageBytes),
		grpc.MaxConcurrentStreams(uint32(min(max(cfg.MaxStreams, 1), math.MaxUint32))),
		grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: idleTimeout, Time: pingAfter, Timeout: pingTimeout}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: minPingInterval, PermitWithoutStream: true}),
		// Stop waits for the handlers: they use the hub and the store, which close after it.
		grpc.WaitForHandlers(true),
		grpc.ChainUnaryInterceptor(g.unary),
		grpc.ChainStreamInterceptor(g.stream),
	}, options...)...)
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

// guard stands around every call: it turns errors into statuses and panics into errors.
type guard struct{ logger *slog.Logger }

func (g guard) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (resp any, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = g.panicked(info.FullMethod, cause)
		}
	}()
	resp, err = next(ctx, req)
	return resp, g.status(info.FullMethod, err)
}

func (g guard) stream(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = g.panicked(info.FullMethod, cause)
		}
	}()
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
