package ceiling

import (
	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/frame"
)

// logger is a bare gRPC server.
type logger struct {
	loggerv1.UnimplementedLoggerServer

	message *message
}

var _ loggerv1.LoggerServer = (*logger)(nil)

// Monitor sends what the first filter asks for.
func (l *logger) Monitor(stream grpc.BidiStreamingServer[loggerv1.LogFilter, loggerv1.LogEntry]) error {
	f, err := stream.Recv()
	if err != nil {
		return err
	}
	switch f.GetQuery() {
	case Echo:
		return echo(stream)
	case Marshal:
		return send(stream.Context(), f, func() error { return stream.Send(l.message.entry) })
	}
	encoded := &frame.Message{Data: mem.BufferSlice{mem.SliceBuffer(l.message.wire)}}
	return send(stream.Context(), f, func() error { return stream.SendMsg(encoded) })
}

// echo sends back what comes, until the client closes its side.
func echo(stream grpc.BidiStreamingServer[loggerv1.LogFilter, loggerv1.LogEntry]) error {
	for {
		f, err := stream.Recv()
		if err != nil {
			return nil //nolint:nilerr // the client has gone
		}
		if err := stream.Send(&loggerv1.LogEntry{Message: f.GetQuery()}); err != nil {
			return err
		}
	}
}
