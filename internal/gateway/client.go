package gateway

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/frame"
)

// client is the client of the service that the generated handlers are given. For streams
// it asks for frames that are encoded already, and hands their bytes out as the unknown
// fields of a LogEntry, the type that the generated code has to see. A frame cost 29 µs of
// processor time where each was decoded and encoded again, as the gateway comes.
type client struct {
	loggerv1.LoggerClient

	conn grpc.ClientConnInterface
}

var _ loggerv1.LoggerClient = (*client)(nil)

func newClient(conn grpc.ClientConnInterface) *client {
	return &client{loggerv1.NewLoggerClient(conn), conn}
}

// Monitor opens a stream whose frames are lines of JSON.
func (c *client) Monitor(ctx context.Context, opts ...grpc.CallOption) (grpc.BidiStreamingClient[loggerv1.LogFilter, loggerv1.LogEntry], error) {
	return c.open(ctx, "Monitor", loggerv1.Logger_Monitor_FullMethodName, ndjson, opts)
}

// Tail opens a stream whose frames are in the format of the request's context.
func (c *client) Tail(ctx context.Context, f *loggerv1.LogFilter, opts ...grpc.CallOption) (grpc.ServerStreamingClient[loggerv1.LogEntry], error) {
	s, err := c.open(ctx, "Tail", loggerv1.Logger_Tail_FullMethodName, formatOf(ctx), opts)
	if err != nil {
		return nil, err
	}
	if err := s.Send(f); err != nil && !errors.Is(err, io.EOF) { // after io.EOF, Recv tells why
		return nil, err
	}
	return s, s.CloseSend()
}

func (c *client) open(ctx context.Context, name, method string, f *format, opts []grpc.CallOption) (*frames, error) {
	opts = append([]grpc.CallOption{grpc.CallContentSubtype(f.subtype)}, opts...)
	s, err := c.conn.NewStream(ctx, streamDesc(name), method, opts...)
	if err != nil {
		return nil, err
	}
	return &frames{ClientStream: s}, nil
}

func streamDesc(name string) *grpc.StreamDesc {
	for i := range loggerv1.Logger_ServiceDesc.Streams {
		if d := &loggerv1.Logger_ServiceDesc.Streams[i]; d.StreamName == name {
			return d
		}
	}
	return nil
}

// frames is a stream of encoded frames. Like every gRPC stream, one goroutine may send
// and one may receive.
type frames struct {
	grpc.ClientStream

	raw frame.Raw
	// carrier is what Recv returns each time: the gateway has written the bytes before it
	// receives again.
	carrier loggerv1.LogEntry
}

var _ grpc.BidiStreamingClient[loggerv1.LogFilter, loggerv1.LogEntry] = (*frames)(nil)

// Header returns the header of the answer, and the error of a stream that has failed
// without one: then it can still be told as the status of the HTTP response. The
// embedded method leaves that error to Recv.
func (s *frames) Header() (metadata.MD, error) {
	md, err := s.ClientStream.Header()
	if md == nil && err == nil {
		if _, err = s.Recv(); errors.Is(err, io.EOF) {
			return nil, nil
		}
	}
	return md, err
}

func (s *frames) Send(f *loggerv1.LogFilter) error { return s.SendMsg(f) }

// Recv returns one or several frames. They are valid until the next call.
func (s *frames) Recv() (*loggerv1.LogEntry, error) {
	s.raw.Release()
	if err := s.RecvMsg(&s.raw); err != nil {
		return nil, err
	}
	s.carrier.ProtoReflect().SetUnknown(s.raw.Bytes())
	return &s.carrier, nil
}

// carried returns the frames that a message carries.
func carried(m proto.Message) ([]byte, bool) {
	e, ok := m.(*loggerv1.LogEntry)
	if !ok {
		return nil, false
	}
	return e.ProtoReflect().GetUnknown(), true
}
