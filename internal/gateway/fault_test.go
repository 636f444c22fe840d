package gateway_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
	"github.com/seed-2f16ea30/logsieve/internal/frame"
	"github.com/seed-2f16ea30/logsieve/internal/gateway"
)

type (
	monitorStream = grpc.BidiStreamingServer[loggerv1.LogFilter, loggerv1.LogEntry]
	tailStream    = grpc.ServerStreamingServer[loggerv1.LogEntry]
)

// faulty is a service whose streams do what a test wants of them: the real one has no
// way to fail on demand.
type faulty struct {
	loggerv1.UnimplementedLoggerServer

	monitor func(monitorStream) error
	tail    func(*loggerv1.LogFilter, tailStream) error
	ended   chan error // receives how the context of each stream ended, or nil
}

func (f *faulty) Monitor(s monitorStream) error {
	if err := s.SendHeader(nil); err != nil {
		return err
	}
	err := f.monitor(s)
	if f.ended != nil {
		f.ended <- context.Cause(s.Context())
	}
	return err
}

func (f *faulty) Tail(filter *loggerv1.LogFilter, s tailStream) error {
	err := f.tail(filter, s)
	if f.ended != nil {
		f.ended <- context.Cause(s.Context())
	}
	return err
}

// say sends encoded frames.
func say(s interface{ SendMsg(any) error }, frames string) error {
	return s.SendMsg(&frame.Message{Data: mem.BufferSlice{mem.SliceBuffer([]byte(frames))}})
}

const hello = `{"result":{"message":"hello"}}` + "\n"

// untilCancelled waits for the end of the call.
func untilCancelled(s monitorStream) error {
	<-s.Context().Done()
	return s.Context().Err()
}

func TestCloseCodeOfEachEnd(t *testing.T) {
	for _, c := range []struct {
		name   string
		err    error
		code   int
		reason string
	}{
		{"ok", nil, 1000, ""},
		{"invalid argument", status.Error(codes.InvalidArgument, "no"), 4400, "INVALID_ARGUMENT: no"},
		{"unauthenticated", status.Error(codes.Unauthenticated, "who"), 4401, "UNAUTHENTICATED: who"},
		{"permission denied", status.Error(codes.PermissionDenied, "no"), 4403, "PERMISSION_DENIED: no"},
		{"cursor of another log", status.Error(codes.FailedPrecondition, "epoch"), 4412, "FAILED_PRECONDITION: epoch"},
		{"cursor too old", status.Error(codes.OutOfRange, "old"), 4416, "OUT_OF_RANGE: old"},
		{"too many streams", status.Error(codes.ResourceExhausted, "many"), 4429, "RESOURCE_EXHAUSTED: many"},
		{"no filter in time", status.Error(codes.DeadlineExceeded, "late"), 4504, "DEADLINE_EXCEEDED: late"},
		{"internal", status.Error(codes.Internal, "oops"), 1011, "INTERNAL: oops"},
		{"unknown", errors.New("secret"), 1011, "INTERNAL: the server failed: its log says why"},
		{"not now", status.Error(codes.Unavailable, "busy"), 1013, "UNAVAILABLE: busy"},
		{"drained", &fault.Problem{Code: codes.Unavailable, Reason: "STOPPING", Message: "bye"}, 1012, "UNAVAILABLE: bye"},
		{"cancelled", status.Error(codes.Canceled, "enough"), 1001, "CANCELLED: enough"},
		{"long reason", status.Error(codes.Internal, strings.Repeat("ö", 200)), 1011, "INTERNAL: " + strings.Repeat("ö", 55) + "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := startBefore(t, gateway.Config{}, &faulty{monitor: func(s monitorStream) error {
				if err := say(s, hello); err != nil {
					return err
				}
				return c.err
			}})
			s := e.dial("/logs/monitor")
			s.entries("hello")
			last, end := s.ended()
			if end.Code != c.code || end.Text != c.reason {
				t.Errorf("ended with %d %q, want %d %q", end.Code, end.Text, c.code, c.reason)
			}
			if (last.Error == nil) != (c.err == nil) {
				t.Errorf("the last frame is %+v", last)
			}
		})
	}
}

// The handler runs in a bare goroutine of the proxy: a panic would end the process.
func TestPanicEndsOneStream(t *testing.T) {
	e := startBefore(t, gateway.Config{}, &faulty{monitor: func(s monitorStream) error {
		if _, err := s.Recv(); err != nil {
			return err
		}
		panic("on purpose")
	}})
	s := e.dial("/logs/monitor")
	s.send(`{}`)
	last, end := s.ended()
	if end.Code != 1011 || last.Error == nil || last.Error.Code != int(codes.Internal) {
		t.Errorf("ended with %v after %+v", end, last)
	}
}

// broken is a connection whose calls panic, in the goroutine of the edge.
type broken struct{ grpc.ClientConnInterface }

func (broken) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	panic("on purpose")
}

func TestPanicOfTheEdgeEndsOneStream(t *testing.T) {
	e := &edge{t: t, log: &logs{}}
	g, err := gateway.New(gateway.Config{}, broken{}, nil, slog.New(slog.NewTextHandler(e.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(g.Handler())
	defer web.Close()
	e.url = web.URL
	s := e.dial("/logs/monitor")
	last, end := s.ended()
	if end.Code != 1011 || last.Error == nil || last.Error.Code != int(codes.Internal) {
		t.Errorf("ended with %v after %+v", end, last)
	}
	if code, body := e.answer("GET", "/logs/tail", ""); code != 500 {
		t.Errorf("a tail: %d %s", code, body)
	}
	if err := g.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if log := e.log.String(); strings.Count(log, "on purpose") != 2 {
		t.Errorf("the log says %s", log)
	}
}

func TestEndsOfTheClient(t *testing.T) {
	for name, leave := range map[string]func(*socket){
		"close frame": func(s *socket) {
			_ = s.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), time.Now().Add(patience))
		},
		"vanished":            func(s *socket) { _ = s.Close() },
		"vanished in a frame": func(s *socket) { _, _ = s.NetConn().Write([]byte{0x81, 0xfe, 1, 0, 0}); _ = s.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			service := &faulty{ended: make(chan error, 1), monitor: func(s monitorStream) error {
				if _, err := s.Recv(); err != nil {
					return err
				}
				if err := say(s, hello); err != nil {
					return err
				}
				if _, err := s.Recv(); errors.Is(err, io.EOF) {
					return nil // a close frame is a half-close
				}
				return untilCancelled(s)
			}}
			e := startBefore(t, gateway.Config{}, service)
			s := e.dial("/logs/monitor")
			s.send(`{}`)
			s.entries("hello")
			leave(s)
			<-service.ended
			if name == "close frame" {
				if _, end := s.ended(); end.Code != 1000 {
					t.Errorf("ended with %v", end)
				}
			}
		})
	}
}

func TestDeadlineOfTheClient(t *testing.T) {
	service := &faulty{ended: make(chan error, 1), monitor: untilCancelled}
	e := startBefore(t, gateway.Config{}, service)
	s := e.dial("/logs/monitor", "Grpc-Timeout", "20m")
	last, end := s.ended()
	if end.Code != 4504 || last.Error == nil || last.Error.Code != int(codes.DeadlineExceeded) {
		t.Errorf("ended with %v after %+v", end, last)
	}
	if err := <-service.ended; err == nil {
		t.Error("the call was not ended")
	}
}

func TestShutdownEndsWhatIsLeft(t *testing.T) {
	service := &faulty{
		ended:   make(chan error, 2),
		monitor: func(s monitorStream) error { return errors.Join(say(s, hello), untilCancelled(s)) },
		tail: func(_ *loggerv1.LogFilter, s tailStream) error {
			err := say(s, hello)
			<-s.Context().Done()
			return err
		},
	}
	e := startBefore(t, gateway.Config{}, service)
	s := e.dial("/logs/monitor")
	s.entries("hello")
	tail := e.do("GET", "/logs/tail", "")
	defer tail.Body.Close()
	next := lines(tail)
	next()

	stopped := make(chan error, 1)
	go func() { stopped <- e.gateway.Shutdown(t.Context()) }()
	last, end := s.ended()
	if end.Code != 1012 && end.Code != 1001 || last.Error == nil || last.Error.Code != int(codes.Unavailable) {
		t.Errorf("ended with %v after %+v", end, last)
	}
	if m := parse(t, []byte(next())); m.Error == nil || m.Error.Code != int(codes.Unavailable) {
		t.Errorf("the tail ended with %+v", m)
	}
	if end := next(); end != "END: EOF" {
		t.Errorf("the tail goes on: %s", end)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if _, resp, err := e.tryDial("/logs/monitor"); err == nil || resp.StatusCode != 503 {
		t.Errorf("a new stream is answered with %v", resp)
	}
	if code, _ := e.answer("GET", "/readyz", ""); code != 503 {
		t.Errorf("readyz says %d", code)
	}
	if code, _ := e.answer("GET", "/livez", ""); code != 200 {
		t.Errorf("livez says %d", code)
	}
}

// flood sends until it fails.
func flood(s grpc.ServerStream) error {
	batch := strings.Repeat(hello, 1000)
	for {
		if err := say(s, batch); err != nil {
			return err
		}
	}
}

func TestClientThatTakesNothingIsGivenUp(t *testing.T) {
	service := &faulty{
		ended:   make(chan error, 1),
		monitor: func(s monitorStream) error { return flood(s) },
		tail:    func(_ *loggerv1.LogFilter, s tailStream) error { return flood(s) },
	}
	e := startBefore(t, gateway.Config{WriteTimeout: 50 * time.Millisecond}, service)
	e.dial("/logs/monitor")
	<-service.ended
	resp := e.do("GET", "/logs/tail", "")
	defer resp.Body.Close()
	<-service.ended
}

// A client that takes nothing must not hold up the end of the process either.
func TestShutdownCutsOffAStalledClient(t *testing.T) {
	service := &faulty{ended: make(chan error, 1), monitor: func(s monitorStream) error { return flood(s) }}
	e := startBefore(t, gateway.Config{WriteTimeout: time.Hour}, service)
	e.dial("/logs/monitor")
	if err := e.gateway.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	<-service.ended
}

func TestIdleEventsAreKeptAlive(t *testing.T) {
	service := &faulty{tail: func(_ *loggerv1.LogFilter, s tailStream) error {
		err := s.SendHeader(nil)
		<-s.Context().Done()
		return err
	}}
	e := startBefore(t, gateway.Config{PingInterval: 10 * time.Millisecond}, service)
	resp := e.do("GET", "/logs/tail", "", "Accept", "text/event-stream, */*")
	defer resp.Body.Close()
	next := lines(resp)
	for range 3 {
		if line := next(); !strings.HasPrefix(line, ":") || next() != "" {
			t.Errorf("got %q, want a comment", line)
		}
	}
}

func TestErrorInsideATail(t *testing.T) {
	service := &faulty{tail: func(_ *loggerv1.LogFilter, s tailStream) error {
		frames := hello
		if frame.Of(s.Context()) == frame.SSE {
			frames = "data: " + hello + "\n"
		}
		if err := say(s, frames); err != nil {
			return err
		}
		return status.Error(codes.Internal, "broken")
	}}
	e := startBefore(t, gateway.Config{}, service)
	_, body := e.answer("GET", "/logs/tail", "")
	if head, tail, _ := strings.Cut(body, "\n"); head+"\n" != hello || parse(t, []byte(tail)).Error.Message == "" {
		t.Errorf("got %q", body)
	}
	_, body = e.answer("GET", "/logs/tail", "", "Accept", "text/event-stream")
	if !strings.HasPrefix(body, "data: "+hello+"\nevent: error\ndata: {\"error\":{") || !strings.HasSuffix(body, "}}\n\n") {
		t.Errorf("got %q", body)
	}
}

// told is what reaches the service of who calls.
type told struct {
	metadata  metadata.MD
	principal *auth.Principal
	address   string
}

func TestWhatTheServiceIsTold(t *testing.T) {
	said := make(chan told, 1)
	e := startBefore(t, gateway.Config{}, &faulty{monitor: func(s monitorStream) error {
		md, _ := metadata.FromIncomingContext(s.Context())
		from, _ := peer.FromContext(s.Context())
		said <- told{md, auth.FromContext(s.Context()), from.Addr.String()}
		return nil
	}})
	for name, header := range map[string][]string{
		"the header":           {"Authorization", "Bearer a"},
		"the sub-protocol":     {"Sec-WebSocket-Protocol", "Bearer, b"},
		"another sub-protocol": {"Sec-WebSocket-Protocol", "chat"},
		"a cookie":             {"Cookie", "token=c"},
	} {
		s := e.dial("/logs/monitor", append(header, "X-Forwarded-For", "10.0.0.1", "Grpc-Metadata-Role", "admin")...)
		got := <-said
		if got.principal == nil || !strings.HasPrefix(got.address, "127.0.0.1:") {
			t.Errorf("%s: the service sees %v from %q", name, got.principal, got.address)
		}
		if x := got.metadata.Get("x-forwarded-for"); len(x) != 1 || x[0] != "127.0.0.1" {
			t.Errorf("%s: the client's address is %q", name, x)
		}
		for _, key := range []string{"authorization", "grpcgateway-authorization", "role", "cookie", "grpcgateway-cookie"} {
			if v := got.metadata.Get(key); len(v) > 0 {
				t.Errorf("%s: the service is given %s: %q", name, key, v)
			}
		}
		s.ended()
	}
}
