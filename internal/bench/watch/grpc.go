package watch

import (
	"context"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/bench/load"
	"github.com/seed-2f16ea30/logsieve/internal/frame"
)

// GRPC opens a stream on a connection that may have others.
func GRPC(ctx context.Context, conn grpc.ClientConnInterface, filter *loggerv1.LogFilter, to Receiver) (*Stream, error) {
	ctx, cancel := context.WithCancel(ctx)
	desc := &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}
	stream, err := conn.NewStream(ctx, desc, loggerv1.Logger_Monitor_FullMethodName)
	if err != nil {
		cancel()
		return nil, err
	}
	if err := stream.SendMsg(filter); err != nil {
		cancel()
		return nil, err
	}
	receive := func(s *Stream) error { return receiveGRPC(s, stream, to) }
	return start(receive, stream.CloseSend, cancel), nil
}

func receiveGRPC(s *Stream, stream grpc.ClientStream, to Receiver) error {
	raw := &frame.Raw{}
	defer raw.Release()
	for {
		// Raw is not protobuf: the codec of package frame hands the bytes over.
		switch err := stream.RecvMsg(raw); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if id, ok := load.ParseID(message(raw.Bytes())); ok {
			to.Entry(id)
			continue
		}
		n := &loggerv1.LogEntry{}
		if err := proto.Unmarshal(raw.Bytes(), n); err != nil {
			return fmt.Errorf("a message is no entry: %w", err)
		}
		s.notice(n, to)
	}
}

// message returns the message of an entry in protobuf encoding, empty if it has none.
func message(entry []byte) []byte {
	const field = 8 // LogEntry.message
	for len(entry) > 0 {
		number, kind, n := protowire.ConsumeTag(entry)
		if n < 0 {
			return nil
		}
		entry = entry[n:]
		if number == field && kind == protowire.BytesType {
			text, _ := protowire.ConsumeBytes(entry)
			return text
		}
		n = protowire.ConsumeFieldValue(number, kind, entry)
		if n < 0 {
			return nil
		}
		entry = entry[n:]
	}
	return nil
}
