package door

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/tap"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
)

// strict lets nobody in but a certain authorization.
type strict struct{ asked chan struct{} }

func (s strict) Authenticate(_ context.Context, c auth.Credentials) (*auth.Principal, error) {
	s.asked <- struct{}{}
	if len(c.Authorization) == 1 && c.Authorization[0] == "Bearer right" {
		return &auth.Principal{Name: "token:network", Permissions: auth.Read}, nil
	}
	return nil, errNobody
}

// witness is a service that tells who has called it.
type witness struct {
	loggerv1.UnimplementedLoggerServer

	callers chan caller
}

func (w witness) ListFields(ctx context.Context, _ *loggerv1.ListFieldsRequest) (*loggerv1.ListFieldsResponse, error) {
	from, _ := peer.FromContext(ctx)
	w.callers <- caller{auth.FromContext(ctx), from.Addr}
	return &loggerv1.ListFieldsResponse{}, nil
}

// house is a server with a pipe and an address.
type house struct {
	pipe    *Pipe
	address string
	witness witness
	strict  strict
}

func build(t *testing.T) house {
	t.Helper()
	h := house{NewPipe(1 << 16), "", witness{callers: make(chan caller, 1)}, strict{make(chan struct{}, 10)}}
	d := New(h.strict)
	s := grpc.NewServer(Credentials(nil), grpc.InTapHandle(func(ctx context.Context, call *tap.Info) (context.Context, error) {
		ctx, err := d.AdmitCall(ctx, call.FullMethodName)
		if err != nil {
			st, _ := fault.Status(err)
			return nil, st.Err()
		}
		return ctx, nil
	}))
	loggerv1.RegisterLoggerServer(s, h.witness)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.address = l.Addr().String()
	var serving sync.WaitGroup
	serving.Go(func() { _ = s.Serve(l) })
	serving.Go(func() { _ = s.Serve(h.pipe) })
	t.Cleanup(func() { s.Stop(); serving.Wait() })
	return h
}

func (h house) dial(t *testing.T, target string, options ...grpc.DialOption) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(target, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func list(ctx context.Context, conn *grpc.ClientConn) error {
	_, err := loggerv1.NewLoggerClient(conn).ListFields(ctx, &loggerv1.ListFieldsRequest{})
	return err
}

func TestPipeHandsTheCallerOver(t *testing.T) {
	h := build(t)
	inside := h.dial(t, "passthrough:///pipe", h.pipe.DialOptions()...)
	alice := &auth.Principal{Name: "token:alice", Permissions: auth.Read}
	from := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 5}
	ctx := peer.NewContext(auth.NewContext(t.Context(), alice), &peer.Peer{Addr: from})
	if err := list(ctx, inside); err != nil {
		t.Fatal(err)
	}
	if got := <-h.witness.callers; got.principal != alice || got.address.String() != from.String() {
		t.Errorf("the service sees %+v", got)
	}
	if len(h.strict.asked) > 0 {
		t.Error("the caller was asked twice")
	}
	h.pipe.callers.Range(func(any, any) bool { t.Error("a caller was left behind"); return false })

	// Neither without a caller nor with one who may not.
	if err := list(t.Context(), inside); status.Code(err) != codes.Unauthenticated {
		t.Errorf("without a principal: %v", err)
	}
	writer := auth.NewContext(t.Context(), &auth.Principal{Name: "token:writer", Permissions: auth.Write})
	if err := list(writer, inside); status.Code(err) != codes.PermissionDenied {
		t.Errorf("a writer who reads: %v", err)
	}
}

// TestPipeCannotBeForged tries to come in over a network with a handle that is good.
func TestPipeCannotBeForged(t *testing.T) {
	h := build(t)
	alice := &auth.Principal{Name: "token:alice", Permissions: auth.Read}
	call, forget := h.pipe.leave(auth.NewContext(t.Context(), alice))
	defer forget()
	outside := h.dial(t, h.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err := list(call, outside); status.Code(err) != codes.Unauthenticated {
		t.Errorf("a handle over a network: %v", err)
	}
	if len(h.strict.asked) != 1 {
		t.Error("the caller was not asked")
	}
	right := metadata.AppendToOutgoingContext(call, "authorization", "Bearer right")
	if err := list(right, outside); err != nil {
		t.Fatal(err)
	}
	if got := <-h.witness.callers; got.principal.Name != "token:network" {
		t.Errorf("the handle changes who it is: %+v", got.principal)
	}
	// Inside it is good for one call.
	inside := h.dial(t, "passthrough:///pipe", h.pipe.DialOptions()[:2]...)
	if err := list(call, inside); err != nil {
		t.Fatal(err)
	}
	<-h.witness.callers
	if err := list(call, inside); status.Code(err) != codes.Unauthenticated {
		t.Errorf("a handle used twice: %v", err)
	}
}

func TestUnknownMethod(t *testing.T) {
	h := build(t)
	conn := h.dial(t, h.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	err := conn.Invoke(t.Context(), "/logger.v1.Logger/Nothing", &loggerv1.LogFilter{}, &loggerv1.LogEntry{})
	if status.Code(err) != codes.Unimplemented {
		t.Errorf("got %v", err)
	}
	// In the table but not served here: public, so nobody is asked.
	_, err = healthv1.NewHealthClient(conn).Check(t.Context(), &healthv1.HealthCheckRequest{})
	if status.Code(err) != codes.Unimplemented || len(h.strict.asked) > 0 {
		t.Errorf("got %v", err)
	}
}

func TestNoRuleNoWay(t *testing.T) {
	for _, d := range []*Door{nil, New(nil), New(auth.Open{})} {
		if _, err := d.Admit(t.Context(), "GET /secrets", auth.Credentials{}); !errors.Is(err, errNoRule) {
			t.Errorf("what is in no table: %v", err)
		}
		ctx, err := d.Admit(t.Context(), "GET /logs", auth.Credentials{})
		if err != nil || !auth.FromContext(ctx).May(auth.Read|auth.Write) {
			t.Errorf("where nobody is asked: %v", err)
		}
	}
}
