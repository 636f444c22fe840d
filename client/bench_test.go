package client_test

import (
	"context"
	"net"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// flood is a server that sends the same entry for as long as it is read.
type flood struct {
	loggerv1.UnimplementedLoggerServer
}

func (flood) Monitor(stream grpc.BidiStreamingServer[loggerv1.LogFilter, loggerv1.LogEntry]) error {
	if _, err := stream.Recv(); err != nil {
		return err
	}
	e := &loggerv1.LogEntry{
		Cursor: "AXE4ucf6AAAAAAAADLKF77XH", Severity: loggerv1.Severity_INFO, SeverityNumber: 9, Service: "checkout",
		Host: "checkout-3", Message: "order o-779267 is now in state PAID", FilterRevision: 1,
		Attributes: map[string]string{"order.id": "o-779267"}, TraceId: "e35d5b7de9969e627411257d6d3ff8e6",
	}
	for {
		if err := stream.Send(e); err != nil {
			return err
		}
	}
}

// BenchmarkRecv compares Recv of a Stream with Recv of the generated client: the
// difference is what reconnecting costs an entry.
func BenchmarkRecv(b *testing.B) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := grpc.NewServer()
	loggerv1.RegisterLoggerServer(server, flood{})
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	b.Cleanup(func() {
		server.Stop()
		<-served
	})
	b.Run("grpc", func(b *testing.B) {
		conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close() //nolint:errcheck // the end of a benchmark
		ctx, cancel := context.WithCancel(b.Context())
		defer cancel()
		stream, err := loggerv1.NewLoggerClient(conn).Monitor(ctx)
		if err != nil {
			b.Fatal(err)
		}
		receiveAll(b, stream)
	})
	for name, reconnect := range map[string]bool{"stream": true, "stream without reconnect": false} {
		b.Run(name, func(b *testing.B) {
			c, err := client.Dial(listener.Addr().String(), client.WithReconnect(reconnect))
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close() //nolint:errcheck // the end of a benchmark
			stream, err := c.Monitor(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			defer stream.Close() //nolint:errcheck // returns nil
			receiveAll(b, stream)
		})
	}
}

func receiveAll(b *testing.B, stream interface {
	Send(f *loggerv1.LogFilter) error
	Recv() (*loggerv1.LogEntry, error)
},
) {
	b.Helper()
	if err := stream.Send(&loggerv1.LogFilter{}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := stream.Recv(); err != nil {
			b.Fatal(err)
		}
	}
}
