package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
	"google.golang.org/grpc"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/door"
	"github.com/seed-2f16ea30/logsieve/internal/gateway"
	"github.com/seed-2f16ea30/logsieve/internal/grpcapi"
	"github.com/seed-2f16ea30/logsieve/internal/hub"
	"github.com/seed-2f16ea30/logsieve/internal/ingest"
	"github.com/seed-2f16ea30/logsieve/internal/monitor"
	"github.com/seed-2f16ea30/logsieve/internal/store/local"
	"github.com/seed-2f16ea30/logsieve/internal/streamguard"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come. It is never waited for in vain
// where the test passes.
const patience = 10 * time.Second

// edge is the HTTP edge on a real HTTP server, before a real gRPC server.
type edge struct {
	t       testing.TB
	gateway *gateway.Gateway
	url     string
	service *monitor.Service // nil before a service of the test's own
	client  loggerv1.LoggerClient
	log     *logs
}

// start runs the edge before the real service, on a real store, until the test ends.
func start(tb testing.TB, cfg gateway.Config, mounts ...gateway.Mount) *edge {
	tb.Helper()
	logger := slog.New(slog.DiscardHandler)
	log, err := local.Open(local.Config{Dir: tb.TempDir()}, logger)
	if err != nil {
		tb.Fatal(err)
	}
	h := hub.New(hub.Config{RingEntries: 10000, RingBytes: 8 << 20, Readers: 4}, log)
	service := monitor.New(
		monitor.Config{QueueBytes: 4 << 20, ProgressInterval: time.Hour, FirstFilterTimeout: time.Minute, MaxStreams: 1000, FilterUpdates: 1_000_000, FilterBurst: 1_000},
		h, log, ingest.NewSink(log, ingest.Limits{}, time.Now), monitor.NewMetrics(prometheus.NewRegistry()), logger)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = h.Run(ctx) })
	tb.Cleanup(func() {
		cancel()
		wg.Wait()
		if err := log.Close(); err != nil {
			tb.Errorf("closing the store: %v", err)
		}
	})
	e := startBefore(tb, cfg, service, mounts...)
	e.service = service
	return e
}

// startBefore runs the edge before a service until the test ends.
func startBefore(tb testing.TB, cfg gateway.Config, service loggerv1.LoggerServer, mounts ...gateway.Mount) *edge {
	tb.Helper()
	violations := &streamguard.Log{}
	server := grpcapi.New(grpcapi.Config{MaxMessageBytes: 4 << 20, MaxStreams: 1000}, slog.New(slog.DiscardHandler),
		grpc.ChainStreamInterceptor(streamguard.Server(violations.Add)))
	loggerv1.RegisterLoggerServer(server, service)
	pipe := door.NewPipe(1 << 20)
	conn, err := grpc.NewClient("passthrough:///test", append(pipe.DialOptions(),
		grpc.WithChainStreamInterceptor(streamguard.Client(violations.Add)))...)
	if err != nil {
		tb.Fatal(err)
	}
	e := &edge{t: tb, client: loggerv1.NewLoggerClient(conn), log: &logs{}}
	ready := func(context.Context) error { return nil }
	e.gateway, err = gateway.New(cfg, conn, ready, slog.New(slog.NewTextHandler(e.log, nil)), mounts...)
	if err != nil {
		tb.Fatal(err)
	}
	web := httptest.NewServer(e.gateway.Handler())
	e.url = web.URL
	var wg sync.WaitGroup
	wg.Go(func() { _ = server.Serve(pipe) })
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := e.gateway.Shutdown(ctx); err != nil {
			tb.Errorf("shutdown: %v", err)
		}
		http.DefaultClient.CloseIdleConnections()
		web.Close()
		_ = conn.Close()
		server.Stop()
		wg.Wait()
		violations.Check(tb)
	})
	return e
}

// logs collects what the edge logs.
type logs struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// write stores entries with these messages.
func (e *edge) write(messages ...string) {
	e.t.Helper()
	req := &loggerv1.WriteEntriesRequest{}
	for _, m := range messages {
		req.Entries = append(req.Entries, &loggerv1.LogEntry{Message: m})
	}
	if _, err := e.client.WriteEntries(auth.NewContext(context.Background(), auth.Anonymous()), req); err != nil {
		e.t.Fatal(err)
	}
}

// get requests a path and returns the response, whose body the caller must close.
func (e *edge) do(method, path, body string, header ...string) *http.Response {
	e.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, e.url+path, strings.NewReader(body))
	if err != nil {
		e.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		e.t.Fatal(err)
	}
	return resp
}

// answer requests a path and returns the status and the whole body.
func (e *edge) answer(method, path, body string, header ...string) (int, string) {
	e.t.Helper()
	resp := e.do(method, path, body, header...)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		e.t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// socket is a WebSocket client.
type socket struct {
	*websocket.Conn

	t testing.TB
}

func (e *edge) dial(path string, header ...string) *socket {
	e.t.Helper()
	s, resp, err := e.tryDial(path, header...)
	if err != nil {
		e.t.Fatalf("dial: %v (%v)", err, resp)
	}
	return s
}

func (e *edge) tryDial(path string, header ...string) (*socket, *http.Response, error) {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	conn, resp, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(e.url, "http")+path, h)
	if err != nil {
		return nil, resp, err
	}
	_ = resp.Body.Close()
	e.t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	return &socket{conn, e.t}, resp, nil
}

func (s *socket) send(frame string) {
	s.t.Helper()
	if err := s.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		s.t.Fatalf("send: %v", err)
	}
}

// sendBinary sends a frame as bytes, which need not be text.
func (s *socket) sendBinary(frame string) {
	s.t.Helper()
	if err := s.WriteMessage(websocket.BinaryMessage, []byte(frame)); err != nil {
		s.t.Fatalf("send: %v", err)
	}
}

// message is what the edge sends, as a client without our types sees it.
type message struct {
	Result struct {
		Cursor   string
		Message  string
		Revision int `json:"filter_revision"`
		Notice   map[string]json.RawMessage
	}
	Error *failure
}

type failure struct {
	Code    int
	Message string
	Details []map[string]any
}

// next returns the next message, which must come.
func (s *socket) next() message {
	s.t.Helper()
	_, b, err := s.ReadMessage()
	if err != nil {
		s.t.Fatalf("receive: %v", err)
	}
	return parse(s.t, b)
}

func parse(tb testing.TB, b []byte) (m message) {
	tb.Helper()
	if err := json.Unmarshal(b, &m); err != nil {
		tb.Fatalf("%v in %s", err, b)
	}
	return m
}

// notice returns the next message, which must be a notice of this kind, as what it says.
func (s *socket) notice(kind string) map[string]any {
	s.t.Helper()
	m := s.next()
	body, ok := m.Result.Notice[kind]
	if !ok {
		s.t.Fatalf("got %+v, want a notice %s", m, kind)
	}
	var said map[string]any
	if err := json.Unmarshal(body, &said); err != nil {
		s.t.Fatal(err)
	}
	return said
}

// live sends a filter with notices and returns when it is in force.
func (s *socket) live(frame string) {
	s.t.Helper()
	s.send(frame)
	s.notice("applied")
	s.notice("caught_up")
}

// entries checks the messages of the entries that come next.
func (s *socket) entries(want ...string) {
	s.t.Helper()
	for _, w := range want {
		if m := s.next(); m.Result.Message != w || m.Result.Notice != nil {
			s.t.Fatalf("got %+v, want %q", m, w)
		}
	}
}

// ended reads to the end, which must have come with a close frame, and returns that and
// the last message.
func (s *socket) ended() (last message, end *websocket.CloseError) {
	s.t.Helper()
	for {
		_, b, err := s.ReadMessage()
		if err == nil {
			last = parse(s.t, b)
			continue
		}
		if !errors.As(err, &end) {
			s.t.Fatalf("no close frame: %v", err)
		}
		return last, end
	}
}
