package monitor

import (
	"context"
	"slices"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/frame"
)

// Register registers the service on a server that is not serving yet. The requests of
// WriteEntries reach the service as bytes, and its interceptors as a *frame.Raw: to decode
// them by way of the generated structures took more than half of the time, and of the
// garbage, of taking an entry in.
//
// Package frame must serve the server's "proto" codec, as it does unless another is forced.
func (s *Service) Register(server grpc.ServiceRegistrar) {
	description := loggerv1.Logger_ServiceDesc
	description.Methods = slices.Clone(description.Methods)
	for i := range description.Methods {
		if m := &description.Methods[i]; m.MethodName == "WriteEntries" {
			m.Handler = handleWrite
		}
	}
	server.RegisterService(&description, s)
}

//nolint:revive // The order of the parameters is grpc's.
func handleWrite(srv any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
	raw := &frame.Raw{}
	if err := decode(raw); err != nil {
		return nil, err
	}
	defer raw.Release()
	handle := func(ctx context.Context, request any) (any, error) {
		service, isService := srv.(*Service)
		raw, isRaw := request.(*frame.Raw)
		if !isService || !isRaw {
			return nil, status.Error(codes.Internal, "an interceptor has exchanged the request")
		}
		return service.write(ctx, raw.Bytes())
	}
	if intercept == nil {
		return handle(ctx, raw)
	}
	info := &grpc.UnaryServerInfo{Server: srv, FullMethod: loggerv1.Logger_WriteEntries_FullMethodName}
	return intercept(ctx, raw, info, handle)
}
