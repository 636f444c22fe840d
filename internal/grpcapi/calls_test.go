package grpcapi_test

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/door"
	"github.com/seed-2f16ea30/logsieve/internal/grpcapi"
)

// byName lets everybody in, under the name that they give.
type byName struct{}

func (byName) Authenticate(_ context.Context, c auth.Credentials) (*auth.Principal, error) {
	p := auth.Anonymous()
	if len(c.Authorization) > 0 {
		p.Name = c.Authorization[0]
	}
	return p, nil
}

func as(ctx context.Context, name string) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "authorization", name)
}

// limited serves streams that last, and counts their callers' calls, until the test ends.
func limited(t *testing.T, calls *grpcapi.Calls) *grpc.ClientConn {
	t.Helper()
	s := grpcapi.New(grpcapi.Config{MaxMessageBytes: 1 << 10, MaxStreams: 100, Door: door.New(byName{}), Calls: calls},
		slog.New(slog.DiscardHandler))
	ended := make(chan struct{})
	loggerv1.RegisterLoggerServer(s, &faulty{do: func() error { <-ended; return nil }})
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
		close(ended)
		_ = conn.Close()
		s.Stop()
		serving.Wait()
	})
	return conn
}

// TestCallsOfOnePrincipal opens as many as one may have, and one more.
func TestCallsOfOnePrincipal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var hits []string
		client := loggerv1.NewLoggerClient(limited(t, grpcapi.NewCalls(2, func(limit string) { hits = append(hits, limit) })))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		open := func(ctx context.Context, name string) error {
			stream, err := client.Tail(as(ctx, name), &loggerv1.LogFilter{})
			if err != nil {
				return err
			}
			failed := make(chan error, 1)
			go func() {
				_, err := stream.Recv()
				failed <- err
			}()
			synctest.Wait()
			select {
			case err := <-failed:
				return err
			default:
				return nil
			}
		}
		for range 2 {
			if err := open(ctx, "alice"); err != nil {
				t.Fatal(err)
			}
		}
		for range 5 {
			if err := open(t.Context(), ""); err != nil {
				t.Errorf("of nobody in particular: %v", err)
			}
		}
		if err := open(ctx, "bob"); err != nil {
			t.Errorf("of another: %v", err)
		}
		err := open(ctx, "alice")
		retry := false
		for _, d := range status.Convert(err).Details() {
			_, ok := d.(*errdetails.RetryInfo)
			retry = retry || ok
		}
		if status.Code(err) != codes.ResourceExhausted || !retry || len(hits) != 1 || hits[0] != grpcapi.LimitCalls {
			t.Errorf("one more fails with %v, time to come back %t, limits %v", err, retry, hits)
		}
		cancel()
		synctest.Wait()
		for range 2 {
			if err := open(t.Context(), "alice"); err != nil {
				t.Errorf("when the others have ended: %v", err)
			}
		}
	})
}

// TestUnaryCallEnds begins a call and never sends its message. A stream beside it lasts.
func TestUnaryCallEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := limited(t, nil)
		stream, err := loggerv1.NewLoggerClient(conn).Tail(as(t.Context(), "alice"), &loggerv1.LogFilter{})
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_, _ = stream.Recv()
		}()
		call, err := conn.NewStream(as(t.Context(), "alice"), &grpc.StreamDesc{ClientStreams: true}, loggerv1.Logger_WriteEntries_FullMethodName)
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		err = call.RecvMsg(&loggerv1.WriteEntriesResponse{})
		if lasted := time.Since(begun); status.Code(err) != codes.DeadlineExceeded || lasted > 2*time.Minute {
			t.Errorf("ended with %v after %v", err, lasted)
		}
		select {
		case <-ended:
			t.Error("the stream has ended too")
		case <-time.After(10 * time.Minute):
		}
	})
}
