// Package streamguard is for tests: it tells when a gRPC stream is used in a way that
// grpc-go does not allow, which otherwise shows as a rare data race or as nothing at all.
//
// On one stream, on either side, there may be one SendMsg and one RecvMsg at the same
// time, but never two of a kind; CloseSend counts as a SendMsg. A violation is reported as
// it happens, with no need for the race to be lost:
//
//	grpc.NewServer(grpc.ChainStreamInterceptor(streamguard.Server(report)))
//	grpc.NewClient(target, grpc.WithChainStreamInterceptor(streamguard.Client(report)))
//
// A report is called on the goroutine that broke the rule, also after the test has ended:
// [Log] is one that can be.
package streamguard

import (
	"context"
	"sync/atomic"

	"google.golang.org/grpc"
)

// Client returns an interceptor that guards the streams of a client.
func Client(report func(violation string)) grpc.StreamClientInterceptor {
	return func(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, next grpc.Streamer, opts ...grpc.CallOption) (grpc.ClientStream, error) {
		stream, err := next(ctx, desc, cc, method, opts...)
		if err != nil {
			return nil, err
		}
		return &clientStream{stream, newGuard("client", method, report)}, nil
	}
}

// Server returns an interceptor that guards the streams of a server.
func Server(report func(violation string)) grpc.StreamServerInterceptor {
	return func(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
		return next(srv, &serverStream{stream, newGuard("server", info.FullMethod, report)})
	}
}

type clientStream struct {
	grpc.ClientStream
	guard *guard
}

func (s *clientStream) SendMsg(m any) error {
	defer s.guard.sending.enter()()
	return s.ClientStream.SendMsg(m)
}

func (s *clientStream) CloseSend() error {
	defer s.guard.sending.enter()()
	return s.ClientStream.CloseSend()
}

func (s *clientStream) RecvMsg(m any) error {
	defer s.guard.receiving.enter()()
	return s.ClientStream.RecvMsg(m)
}

type serverStream struct {
	grpc.ServerStream
	guard *guard
}

func (s *serverStream) SendMsg(m any) error {
	defer s.guard.sending.enter()()
	return s.ServerStream.SendMsg(m)
}

func (s *serverStream) RecvMsg(m any) error {
	defer s.guard.receiving.enter()()
	return s.ServerStream.RecvMsg(m)
}

// guard guards one stream.
type guard struct{ sending, receiving gate }

func newGuard(side, method string, report func(string)) *guard {
	return &guard{
		sending:   gate{violation: "two goroutines in SendMsg of " + method + " on the " + side, report: report},
		receiving: gate{violation: "two goroutines in RecvMsg of " + method + " on the " + side, report: report},
	}
}

// gate is where one goroutine may be at a time.
type gate struct {
	inside    atomic.Int32
	violation string
	report    func(string)
}

// enter returns the way out.
func (g *gate) enter() (leave func()) {
	if g.inside.Add(1) > 1 {
		g.report(g.violation)
	}
	return func() { g.inside.Add(-1) }
}
