package grpcapi_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/grpcapi"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// faulty is a service whose calls do as they are told.
type faulty struct {
	loggerv1.UnimplementedLoggerServer

	do func() error
}

func (f *faulty) WriteEntries(context.Context, *loggerv1.WriteEntriesRequest) (*loggerv1.WriteEntriesResponse, error) {
	return nil, f.do()
}

func (f *faulty) Tail(*loggerv1.LogFilter, grpc.ServerStreamingServer[loggerv1.LogEntry]) error {
	return f.do()
}

// start serves faulty until the test ends. What the server logs goes to the returned text.
func start(t *testing.T, do func() error) (*grpc.ClientConn, *lockedText) {
	t.Helper()
	text := &lockedText{}
	s := grpcapi.New(grpcapi.Config{MaxMessageBytes: 1 << 10, MaxStreams: 2},
		slog.New(slog.NewTextHandler(text, &slog.HandlerOptions{Level: slog.LevelDebug})))
	loggerv1.RegisterLoggerServer(s, &faulty{do: do})
	grpcapi.RegisterHealth(s)
	pipe := bufconn.Listen(1 << 16)
	conn, err := grpc.NewClient("passthrough:///test",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return pipe.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() { _ = s.Serve(pipe) })
	t.Cleanup(func() { _ = conn.Close(); s.Stop(); wg.Wait() })
	return conn, text
}

type lockedText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lockedText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// both calls a unary and a streaming method and returns how each failed.
func both(t *testing.T, conn *grpc.ClientConn) map[string]error {
	t.Helper()
	client := loggerv1.NewLoggerClient(conn)
	_, unary := client.WriteEntries(t.Context(), &loggerv1.WriteEntriesRequest{})
	tail, err := client.Tail(t.Context(), &loggerv1.LogFilter{})
	if err == nil {
		_, err = tail.Recv()
	}
	return map[string]error{"unary": unary, "stream": err}
}

func TestPanicFailsOneCall(t *testing.T) {
	conn, text := start(t, func() error { panic("a secret") })
	for range 2 { // the server lives on
		for kind, err := range both(t, conn) {
			if status.Code(err) != codes.Internal || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: %v", kind, err)
			}
		}
	}
	if !strings.Contains(text.String(), "a secret") || !strings.Contains(text.String(), "server_test.go") {
		t.Errorf("the log does not say what panicked where: %s", text)
	}
}

func TestUnknownErrorsGiveNothingAway(t *testing.T) {
	conn, text := start(t, func() error { return errors.New("open /etc/shadow: a secret") })
	for kind, err := range both(t, conn) {
		if status.Code(err) != codes.Internal || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if !strings.Contains(text.String(), "a secret") {
		t.Errorf("the log does not have the error: %s", text)
	}
}

func TestKnownErrorsSayWhatToDo(t *testing.T) {
	conn, _ := start(t, func() error { return fmt.Errorf("append: %w", store.ErrFull) })
	for kind, err := range both(t, conn) {
		var reason string
		var retry bool
		for _, d := range status.Convert(err).Details() {
			switch d := d.(type) {
			case *errdetails.ErrorInfo:
				reason = d.GetReason()
			case *errdetails.RetryInfo:
				retry = d.GetRetryDelay().AsDuration() > 0
			}
		}
		if status.Code(err) != codes.ResourceExhausted || reason != "STORE_FULL" || !retry {
			t.Errorf("%s: %v, reason %q, to be tried again %t", kind, err, reason, retry)
		}
	}
}

func TestMessageTooLarge(t *testing.T) {
	conn, _ := start(t, func() error { return nil })
	_, err := loggerv1.NewLoggerClient(conn).WriteEntries(t.Context(), &loggerv1.WriteEntriesRequest{
		Entries: []*loggerv1.LogEntry{{Message: strings.Repeat("x", 2<<10)}},
	})
	if status.Code(err) != codes.ResourceExhausted {
		t.Errorf("got %v", err)
	}
}

func TestUnknownMethod(t *testing.T) {
	conn, _ := start(t, func() error { return nil })
	err := conn.Invoke(t.Context(), "/logger.v1.Logger/Nothing", &loggerv1.LogFilter{}, &loggerv1.LogEntry{})
	if status.Code(err) != codes.Unimplemented {
		t.Errorf("got %v", err)
	}
}

func TestHealthIsRedUntilItIsSaid(t *testing.T) {
	conn, _ := start(t, func() error { return nil })
	resp, err := healthv1.NewHealthClient(conn).Check(t.Context(), &healthv1.HealthCheckRequest{})
	if err != nil || resp.GetStatus() != healthv1.HealthCheckResponse_NOT_SERVING {
		t.Errorf("%v, %v", resp, err)
	}
}
