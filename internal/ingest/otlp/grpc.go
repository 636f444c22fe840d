package otlp

import (
	"context"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	_ "google.golang.org/grpc/encoding/gzip" // Exporters compress by default.
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"

	"github.com/seed-2f16ea30/logsieve/internal/frame"
)

// Register registers OpenTelemetry's LogsService on a server that is not serving yet.
//
// The server's grpc.MaxRecvMsgSize bounds a request after decompression; its default, 4
// MiB, is what most exporters stay below. Package frame must serve the server's "proto"
// codec, as it does unless another is forced.
func (r *Receiver) Register(s grpc.ServiceRegistrar) {
	s.RegisterService(&service, r)
}

const exportMethod = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"

// exporter is what the description of the service asks of its implementation.
type exporter interface {
	export(ctx context.Context, data []byte) (*frame.Message, error)
}

var _ exporter = (*Receiver)(nil)

// service describes OpenTelemetry's LogsService. The requests are handed through as
// bytes: see the package's comment.
var service = grpc.ServiceDesc{
	ServiceName: "opentelemetry.proto.collector.logs.v1.LogsService",
	HandlerType: (*exporter)(nil),
	Methods:     []grpc.MethodDesc{{MethodName: "Export", Handler: handleExport}},
	Metadata:    "opentelemetry/proto/collector/logs/v1/logs_service.proto",
}

//nolint:revive // The order of the parameters is grpc's.
func handleExport(srv any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
	raw := &frame.Raw{}
	if err := decode(raw); err != nil {
		return nil, err
	}
	handle := func(ctx context.Context, request any) (any, error) {
		server, isExporter := srv.(exporter)
		raw, isRaw := request.(*frame.Raw)
		if !isExporter || !isRaw {
			return nil, status.Error(codes.Internal, "an interceptor has exchanged the request")
		}
		return server.export(ctx, raw.Bytes())
	}
	if intercept == nil {
		return handle(ctx, raw)
	}
	return intercept(ctx, raw, &grpc.UnaryServerInfo{Server: srv, FullMethod: exportMethod}, handle)
}

func (r *Receiver) export(ctx context.Context, data []byte) (*frame.Message, error) {
	response, err := r.receive(ctx, data)
	if err != nil {
		return nil, r.statusOf(ctx, err).Err()
	}
	encoded, err := response.MarshalProto()
	if err != nil {
		return nil, status.Error(codes.Internal, "the answer could not be encoded")
	}
	return &frame.Message{Data: mem.BufferSlice{mem.SliceBuffer(encoded)}}, nil
}

// receive decodes a request in protobuf, stores its records and returns the answer.
func (r *Receiver) receive(ctx context.Context, data []byte) (plogotlp.ExportResponse, error) {
	response := plogotlp.NewExportResponse()
	request, err := decode(data)
	if err != nil {
		return response, err
	}
	if err := r.sink.Append(ctx, request.entries); err != nil {
		return response, storeError{err}
	}
	if request.rejected > 0 {
		response.PartialSuccess().SetRejectedLogRecords(int64(request.rejected))
		response.PartialSuccess().SetErrorMessage("the first record that was not stored: " + request.refusal)
	}
	return response, nil
}
