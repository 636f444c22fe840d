package grpcapi_test

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/door"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
	"github.com/seed-2f16ea30/logsieve/internal/grpcapi"
)

// nobody lets nobody in, and keeps the contexts of those who came.
type nobody struct{ came chan context.Context }

func (n nobody) Authenticate(ctx context.Context, _ auth.Credentials) (*auth.Principal, error) {
	n.came <- ctx
	return nil, &fault.Problem{Code: codes.Unauthenticated, Reason: "NO_CREDENTIAL", Message: "nobody comes in"}
}

// guarded serves faulty behind a door until the test ends.
func guarded(t *testing.T, a auth.Authenticator, options ...grpc.ServerOption) *grpc.ClientConn {
	t.Helper()
	s := grpcapi.New(grpcapi.Config{MaxMessageBytes: 1 << 10, MaxStreams: 2, Door: door.New(a)},
		slog.New(slog.DiscardHandler), options...)
	loggerv1.RegisterLoggerServer(s, &faulty{do: func() error { return nil }})
	grpcapi.RegisterHealth(s)
	pipe := bufconn.Listen(1 << 16)
	conn, err := grpc.NewClient("passthrough:///test",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return pipe.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() { _ = s.Serve(pipe) })
	t.Cleanup(func() {
		_ = conn.Close()
		s.Stop()
		serving.Wait()
	})
	return conn
}

// Nothing is kept of a call that was refused, however long its caller said that it may take.
func TestRefusedCallIsForgotten(t *testing.T) {
	n := nobody{make(chan context.Context, 1)}
	client := loggerv1.NewLoggerClient(guarded(t, n))
	for name, call := range map[string]func(context.Context) error{
		"a unary call": func(ctx context.Context) error {
			_, err := client.WriteEntries(ctx, &loggerv1.WriteEntriesRequest{})
			return err
		},
		"a stream": func(ctx context.Context) error {
			stream, err := client.Tail(ctx, &loggerv1.LogFilter{})
			if err == nil {
				_, err = stream.Recv()
			}
			return err
		},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		if err := call(ctx); status.Code(err) != codes.Unauthenticated {
			t.Errorf("%s: %v", name, err)
		}
		kept := <-n.came
		select {
		case <-kept.Done():
		case <-time.After(10 * time.Second):
			t.Errorf("%s is kept until its deadline", name)
		}
		cancel()
		if err := call(t.Context()); status.Code(err) != codes.Unauthenticated {
			t.Errorf("%s without a deadline: %v", name, err)
		}
		<-n.came
	}
}

// Who is not known holds nothing for longer than a probe takes.
func TestPublicCallEndsSoon(t *testing.T) {
	var left time.Duration
	conn := guarded(t, nobody{}, grpc.ChainUnaryInterceptor(
		func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
			if end, ok := ctx.Deadline(); ok {
				left = time.Until(end)
			}
			return next(ctx, req)
		}))
	if _, err := healthv1.NewHealthClient(conn).Check(t.Context(), &healthv1.HealthCheckRequest{}); err != nil {
		t.Fatal(err)
	}
	if left <= 0 || left > 10*time.Second {
		t.Errorf("it may take %v more", left)
	}
}
