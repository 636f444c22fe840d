package ceiling

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/bench/load"
)

// The queries that a ceiling knows; any other means the bytes as they were encoded
// beforehand.
const (
	// Marshal encodes each message anew, as a gRPC server usually does.
	Marshal = "marshal"
	// Echo sends every query that comes after this one back as a message.
	Echo = "echo"
)

// Addresses are where a ceiling listens, as host:port. Serve writes them as a line of
// JSON.
type Addresses struct{ GRPC, HTTP string }

// headerTimeout is how long a client may take to ask.
const headerTimeout = 10 * time.Second

// Serve listens on two free ports of loopback, writes [Addresses] to out, and serves
// until ctx ends.
func Serve(ctx context.Context, out io.Writer) error {
	m, err := newMessage()
	if err != nil {
		return err
	}
	onGRPC, err := listen(ctx)
	if err != nil {
		return err
	}
	onHTTP, err := listen(ctx)
	if err != nil {
		_ = onGRPC.Close()
		return err
	}
	native := grpc.NewServer(grpc.MaxConcurrentStreams(maxStreams))
	loggerv1.RegisterLoggerServer(native, &logger{message: m})
	web := &http.Server{Handler: &sockets{message: m}, ReadHeaderTimeout: headerTimeout}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return native.Serve(onGRPC) })
	group.Go(func() error { return ignoreClosed(web.Serve(onHTTP)) })
	group.Go(func() error {
		<-ctx.Done()
		native.Stop()
		return web.Close()
	})
	addresses := Addresses{GRPC: onGRPC.Addr().String(), HTTP: onHTTP.Addr().String()}
	if err := json.NewEncoder(out).Encode(addresses); err != nil {
		return fmt.Errorf("tell the addresses: %w", err)
	}
	return group.Wait()
}

// maxStreams is as many streams as anybody measures with.
const maxStreams = 100_000

func listen(ctx context.Context) (net.Listener, error) {
	return (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
}

func ignoreClosed(err error) error {
	if err == http.ErrServerClosed { //nolint:errorlint // Serve returns it as it is.
		return nil
	}
	return err
}

// message is what is sent, again and again.
type message struct {
	entry *loggerv1.LogEntry
	wire  []byte // as protobuf
	line  []byte // as a frame of JSON
}

// cursor is as long as a cursor of logsieve's.
const cursor = "AXE4ucf6AAAAAAAADLKF77XH"

func newMessage() (*message, error) {
	source, err := load.NewSource("ceiling-")
	if err != nil {
		return nil, err
	}
	e, err := source.Sample(load.ID{})
	if err != nil {
		return nil, err
	}
	e.Cursor, e.ObservedTimestamp, e.FilterRevision = cursor, e.GetTimestamp(), 1
	return encode(e)
}
