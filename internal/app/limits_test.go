package app

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/config"
)

// metrics returns what the admin address says.
func metrics(t *testing.T, a *App) string {
	t.Helper()
	resp, err := http.Get("http://" + a.Addresses().Admin + "/metrics") //nolint:noctx // the server is ours.
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestConnectionsOfOneAddress counts those to all listeners together.
func TestConnectionsOfOneAddress(t *testing.T) {
	const most = 3
	a, _ := start(t, func(cfg *config.Config) { cfg.Network.MaxConnectionsPerAddress = most })
	all := []string{a.Addresses().HTTP, a.Addresses().GRPC, a.Addresses().OTLPHTTP, a.Addresses().OTLPGRPC}
	var open []net.Conn
	defer func() {
		for _, c := range open {
			_ = c.Close()
		}
	}()
	dialer := &net.Dialer{}
	for i, address := range all {
		c, err := dialer.DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, c)
		if address != a.Addresses().GRPC && i < most {
			// The connection counts once it is accepted: an answer tells that it is. gRPC
			// speaks first, HTTP when it is asked.
			if _, err := io.WriteString(c, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
		}
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
		_, err = c.Read(make([]byte, 1))
		if refused := err != nil && !errors.Is(err, os.ErrDeadlineExceeded); refused != (i >= most) {
			t.Errorf("connection %d: %v", i, err)
		}
	}
	if want := `logsieve_limit_hits_total{limit="network.max_connections_per_address"} 1`; !strings.Contains(metrics(t, a), want) {
		t.Errorf("the metrics do not say %s", want)
	}
}

// TestRateOverEveryTransport overdraws the allowance of a writer, who is then refused by
// all transports, with the time to come back.
func TestRateOverEveryTransport(t *testing.T) {
	a, everybody := start(t, func(cfg *config.Config) { cfg.Ingest.RateSize, cfg.Ingest.RateBurst = config.KiB, 64*config.KiB })
	writer := everybody["writer"].authorization
	body := `[{"message":"` + strings.Repeat("x", 200_000) + `"}]`
	post := func(address, path, body string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = http.Header{"Authorization": {writer}, "Content-Type": {"application/json"}}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp
	}
	if resp := post(a.Addresses().HTTP, "/logs", body); resp.StatusCode != http.StatusOK {
		t.Fatalf("the first: %s", resp.Status)
	}
	for name, resp := range map[string]*http.Response{
		"POST /logs":     post(a.Addresses().HTTP, "/logs", body),
		"OTLP over HTTP": post(a.Addresses().OTLPHTTP, "/v1/logs", `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}}]}]}]}`),
	} {
		if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %s, Retry-After %q", name, resp.Status, resp.Header.Get("Retry-After"))
		}
	}
	conn, err := grpc.NewClient(a.Addresses().GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, err = loggerv1.NewLoggerClient(conn).WriteEntries(metadata.AppendToOutgoingContext(t.Context(), "authorization", writer),
		&loggerv1.WriteEntriesRequest{Entries: []*loggerv1.LogEntry{{Message: "x"}}})
	retry := false
	for _, d := range status.Convert(err).Details() {
		info, ok := d.(*errdetails.RetryInfo)
		retry = retry || ok && info.GetRetryDelay().AsDuration() > time.Second
	}
	if status.Code(err) != codes.ResourceExhausted || !retry {
		t.Errorf("gRPC: %v, time to come back %t", err, retry)
	}
	if entries := a.store.Entries(0, a.store.Bounds().Head); entries != 1 {
		t.Errorf("%d entries are stored, want 1", entries)
	}
}

// TestWithdrawnToken takes a token out of the access file: the WebSocket that came with it
// says goodbye and ends with 4401, and the token is good for nothing more.
func TestWithdrawnToken(t *testing.T) {
	var path string
	a, everybody := start(t, func(cfg *config.Config) { path = cfg.Auth.File })
	header := http.Header{"Authorization": {everybody["reader"].authorization}}
	url := "ws://" + a.Addresses().HTTP + "/logs/monitor?notices=true"
	socket, resp, err := websocket.DefaultDialer.DialContext(t.Context(), url, header)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	defer func() { _ = socket.Close() }()
	if _, _, err := socket.ReadMessage(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	kept := strings.Builder{}
	for line := range strings.Lines(string(text)) {
		if !strings.Contains(line, "id: reader") {
			kept.WriteString(line)
		}
	}
	if err := os.WriteFile(path, []byte(kept.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := a.access.Reload(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for {
		_, message, err := socket.ReadMessage()
		if err != nil {
			if !websocket.IsCloseError(err, 4401) {
				t.Errorf("it ends with %v", err)
			}
			break
		}
		said.Write(message)
	}
	if !strings.Contains(said.String(), "goodbye") {
		t.Errorf("no goodbye in %s", &said)
	}
	_, resp, err = websocket.DefaultDialer.DialContext(t.Context(), url, header)
	if resp == nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("the token is still good for %s", resp.Status)
	}
}
