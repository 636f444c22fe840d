package ends

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/socket"
)

// monitorStream is what the streams of all transports have in common.
type monitorStream interface {
	Send(f *loggerv1.LogFilter) error
	Recv() (*loggerv1.LogEntry, error)
	CloseSend() error
}

// viewer is one client with one stream.
type viewer struct {
	monitorStream
	socket *socket.Stream // the same stream, if it is a WebSocket
	// leave gives the stream and its connection up. It may be called more than once.
	leave func()
}

// transport opens a stream, which no filter was sent on. Its deadline is that of ctx, or
// over a WebSocket, whose client has none, that of the header.
type transport struct {
	name string
	open func(ctx context.Context, t *testing.T, h *host, header http.Header) *viewer
}

var transports = []transport{{"gRPC", openGRPC}, {"WebSocket", openWebSocket}, {"Go client", openGo}}

func openGRPC(ctx context.Context, t *testing.T, h *host, _ http.Header) *viewer {
	t.Helper()
	conn, err := grpc.NewClient(h.GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(ctx)
	stream, err := loggerv1.NewLoggerClient(conn).Monitor(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return keep(t, &viewer{monitorStream: stream, leave: func() {
		cancel()
		_ = conn.Close() // a second time, that is an error
	}})
}

func openWebSocket(ctx context.Context, t *testing.T, h *host, header http.Header) *viewer {
	t.Helper()
	stream, err := socket.Dial(ctx, h.HTTP, header)
	if err != nil {
		t.Fatal(err)
	}
	return keep(t, &viewer{monitorStream: stream, socket: stream, leave: func() { _ = stream.Close() }})
}

// openGo opens a stream of the Go client that does not heal: [TestHealing] has the others.
func openGo(ctx context.Context, t *testing.T, h *host, _ http.Header) *viewer {
	t.Helper()
	return dial(ctx, t, h, client.WithReconnect(false))
}

func dial(ctx context.Context, t *testing.T, h *host, options ...client.Option) *viewer {
	t.Helper()
	c, err := client.Dial(h.GRPC, options...)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := c.Monitor(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return keep(t, &viewer{monitorStream: stream, leave: func() { _, _ = stream.Close(), c.Close() }}) // always nil
}

// keep makes the test give a viewer up in the end.
func keep(t *testing.T, v *viewer) *viewer {
	t.Helper()
	t.Cleanup(v.leave)
	return v
}

// watch sends a filter for everything and waits until the stream is live.
func (v *viewer) watch(t *testing.T) *viewer {
	t.Helper()
	if err := v.Send(&loggerv1.LogFilter{Notices: true}); err != nil {
		t.Fatal(err)
	}
	for {
		m, err := v.Recv()
		if err != nil {
			t.Fatal(err)
		}
		if m.GetNotice().GetCaughtUp() != nil {
			return v
		}
	}
}

// end is how a stream ended for its client.
type end struct {
	code      codes.Code
	closeCode int // of a WebSocket
	goodbye   bool
}

// awaitEnd receives until the stream has ended.
func (v *viewer) awaitEnd() (e end, err error) {
	for {
		m, err := v.Recv()
		switch {
		case err == nil:
			e.goodbye = e.goodbye || m.GetNotice().GetGoodbye() != nil
			continue
		case errors.Is(err, io.EOF):
			err = nil
		}
		e.code = status.Code(err)
		if e.code == codes.Unknown {
			e.code = status.FromContextError(err).Code()
		}
		if v.socket != nil {
			e.closeCode = v.socket.CloseCode()
		}
		return e, err
	}
}
