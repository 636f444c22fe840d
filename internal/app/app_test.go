package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/app"
	"github.com/seed-2f16ea30/logsieve/internal/apptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// dial connects to the gRPC address of a server.
func dial(t *testing.T, s *apptest.Server) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(s.GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	defer http.DefaultClient.CloseIdleConnections()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestHealth(t *testing.T) {
	s := apptest.Start(t, apptest.Config(t))
	for _, path := range []string{"/livez", "/readyz", "/healthz"} {
		if code, body := get(t, "http://"+s.HTTP+path); code != http.StatusOK {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
	if code, body := get(t, "http://"+s.Admin+"/metrics"); code != http.StatusOK || !strings.Contains(body, "logsieve_stream_open") {
		t.Errorf("/metrics: %d without the stream metrics", code)
	}
	resp, err := healthv1.NewHealthClient(dial(t, s)).Check(t.Context(), &healthv1.HealthCheckRequest{})
	if err != nil || resp.GetStatus() != healthv1.HealthCheckResponse_SERVING {
		t.Errorf("grpc.health.v1: %v, %v", resp, err)
	}
}

// TestOneEntryAllWays writes an entry over HTTP and receives it over gRPC and over a
// WebSocket.
func TestOneEntryAllWays(t *testing.T) {
	s := apptest.Start(t, apptest.Config(t))

	native, err := loggerv1.NewLoggerClient(dial(t, s)).Monitor(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := native.Send(&loggerv1.LogFilter{Query: "service=cart", Notices: true}); err != nil {
		t.Fatal(err)
	}
	socket := openSocket(t, s, `{"query": "service=cart", "notices": true}`)
	for range 2 { // applied, caught up
		if e, err := native.Recv(); err != nil || e.GetNotice() == nil {
			t.Fatalf("gRPC: %v, %v", e, err)
		}
		if frame := readFrame(t, socket); frame.Result.Notice == nil {
			t.Fatalf("WebSocket: %v", frame)
		}
	}

	resp, err := http.Post("http://"+s.HTTP+"/logs", "application/json", //nolint:noctx // the server is ours.
		strings.NewReader(`[{"service":"cart","message":"héllo","attributes":{"user.id":"7"}}, {"service":"other"}]`))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("POST /logs: %s", resp.Status)
	}

	e, err := native.Recv()
	if err != nil || e.GetMessage() != "héllo" || e.GetAttributes()["user.id"] != "7" || e.GetFilterRevision() != 1 {
		t.Errorf("gRPC: %v, %v", e, err)
	}
	frame := readFrame(t, socket)
	if frame.Result.Message != "héllo" || frame.Result.Cursor != e.GetCursor() || frame.Result.FilterRevision != 1 {
		t.Errorf("WebSocket: %+v", frame)
	}
}

// frame is what a WebSocket client reads.
type frame struct {
	Result struct {
		Cursor         string         `json:"cursor"`
		Message        string         `json:"message"`
		FilterRevision int            `json:"filter_revision"`
		Notice         map[string]any `json:"notice"`
	} `json:"result"`
	Error map[string]any `json:"error"`
}

func openSocket(t *testing.T, s *apptest.Server, filter string) *websocket.Conn {
	t.Helper()
	socket, resp, err := websocket.DefaultDialer.DialContext(t.Context(), "ws://"+s.HTTP+"/logs/monitor", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	t.Cleanup(func() { _ = socket.Close() })
	if err := socket.WriteMessage(websocket.TextMessage, []byte(filter)); err != nil {
		t.Fatal(err)
	}
	return socket
}

func readFrame(t *testing.T, socket *websocket.Conn) (f frame) {
	t.Helper()
	_, text, err := socket.ReadMessage()
	if err != nil {
		t.Fatalf("WebSocket: %v", err)
	}
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return f
}

// TestStopSaysGoodbye stops a server with a stream on each transport.
func TestStopSaysGoodbye(t *testing.T) {
	s := apptest.Start(t, apptest.Config(t))
	native, err := loggerv1.NewLoggerClient(dial(t, s)).Monitor(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := native.Send(&loggerv1.LogFilter{Notices: true}); err != nil {
		t.Fatal(err)
	}
	socket := openSocket(t, s, `{"notices": true}`)
	for range 2 {
		if _, err := native.Recv(); err != nil {
			t.Fatal(err)
		}
		readFrame(t, socket)
	}
	if err := s.Stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	if e, err := native.Recv(); e.GetNotice().GetGoodbye().GetCursor() == "" {
		t.Errorf("gRPC: %v, %v", e, err)
	}
	if _, err := native.Recv(); status.Code(err) != codes.Unavailable {
		t.Errorf("gRPC ended with %v", err)
	}
	if f := readFrame(t, socket); f.Result.Notice["goodbye"] == nil {
		t.Errorf("WebSocket: %v", f)
	}
	if f := readFrame(t, socket); f.Error == nil {
		t.Errorf("WebSocket: %v", f)
	}
	_, _, err = socket.ReadMessage()
	if closed := (*websocket.CloseError)(nil); !errors.As(err, &closed) || closed.Code != websocket.CloseServiceRestart && closed.Code != websocket.CloseGoingAway {
		t.Errorf("WebSocket ended with %v", err)
	}
}

// TestRestartKeepsTheLog stops a server and starts it again over the same directory.
func TestRestartKeepsTheLog(t *testing.T) {
	s := apptest.Start(t, apptest.Config(t))
	client := loggerv1.NewLoggerClient(dial(t, s))
	for i := range 10 {
		_, err := client.WriteEntries(t.Context(), &loggerv1.WriteEntriesRequest{Entries: []*loggerv1.LogEntry{{Message: fmt.Sprint(i)}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	again := apptest.Start(t, s.Config)
	resp, err := loggerv1.NewLoggerClient(dial(t, again)).ListEntries(t.Context(), &loggerv1.ListEntriesRequest{Order: loggerv1.Order_OLDEST_FIRST})
	if err != nil || len(resp.GetEntries()) != 10 {
		t.Fatalf("%d entries are left: %v", len(resp.GetEntries()), err)
	}
	for i, e := range resp.GetEntries() {
		if e.GetMessage() != fmt.Sprint(i) {
			t.Errorf("entry %d is %q", i, e.GetMessage())
		}
	}
}

func TestAddressInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // the test's own.
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	cfg := apptest.Config(t)
	cfg.Admin.Address = taken.Addr().String()
	_, err = app.New(cfg, slog.New(slog.DiscardHandler), app.Options{})
	if err == nil || !strings.Contains(err.Error(), "admin.address") || !strings.Contains(err.Error(), "already in use") {
		t.Errorf("New returned %v", err)
	}
	// What it had opened before is free again.
	cfg.Admin.Address = "127.0.0.1:0"
	apptest.Start(t, cfg)
}

func TestLockedStore(t *testing.T) {
	s := apptest.Start(t, apptest.Config(t))
	_, err := app.New(s.Config, slog.New(slog.DiscardHandler), app.Options{})
	if err == nil || !strings.Contains(err.Error(), "in use by another process") {
		t.Errorf("New returned %v", err)
	}
}

// TestCancelledBeforeItRuns gives back what New has opened.
func TestCancelledBeforeItRuns(t *testing.T) {
	a, err := app.New(apptest.Config(t), slog.New(slog.DiscardHandler), app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Run(ctx); err != nil {
		t.Errorf("Run returned %v", err)
	}
}

// TestFullOfStreams fills a server with streams: the next one is told so, and calls that
// are no streams go on.
func TestFullOfStreams(t *testing.T) {
	cfg := apptest.Config(t)
	cfg.Stream.MaxStreams = 1
	s := apptest.Start(t, cfg)
	first := openSocket(t, s, `{"notices": true}`)
	readFrame(t, first)

	second := openSocket(t, s, `{}`)
	if f := readFrame(t, second); f.Error == nil {
		t.Errorf("the second stream got %+v", f)
	}
	const tooMany = 4429
	if _, _, err := second.ReadMessage(); !websocket.IsCloseError(err, tooMany) {
		t.Errorf("the second stream ended with %v", err)
	}
	if code, body := get(t, "http://"+s.HTTP+"/logs"); code != http.StatusOK {
		t.Errorf("/logs: %d %s", code, body)
	}
}
