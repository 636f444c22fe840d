package app

import (
	"crypto/tls"
	"net/http"
	"os"
	"testing"

	"github.com/gorilla/websocket"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/certificate/certtest"
	"github.com/seed-2f16ea30/logsieve/internal/config"
)

// startTLS runs a server with TLS. The certificate of the agent may read.
func startTLS(t *testing.T) (a *App, everybody map[string]role, ca *certtest.Authority) {
	t.Helper()
	ca = certtest.NewAuthority(t)
	a, everybody = start(t, func(cfg *config.Config) {
		dir := t.TempDir()
		cfg.TLS.CertFile, cfg.TLS.KeyFile = ca.Server(dir)
		cfg.TLS.ClientCAFile = ca.File(dir)
		f, err := os.OpenFile(cfg.Auth.File, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		if _, err := f.WriteString("certificates:\n- {san: \"spiffe://example/agent\", name: agent, read: \"*\"}\n"); err != nil {
			t.Fatal(err)
		}
	})
	return a, everybody, ca
}

func TestTLSOverGRPC(t *testing.T) {
	a, everybody, ca := startTLS(t)
	trusting := &tls.Config{RootCAs: ca.Pool(), MinVersion: tls.VersionTLS13}
	agent := trusting.Clone()
	agent.Certificates = []tls.Certificate{ca.Client("spiffe://example/agent")}
	other := trusting.Clone()
	other.Certificates = []tls.Certificate{ca.Client("spiffe://example/other")}
	for name, c := range map[string]struct {
		transport     credentials.TransportCredentials
		authorization string
		read, write   codes.Code
	}{
		"a token":                {credentials.NewTLS(trusting), everybody["both"].authorization, codes.OK, codes.OK},
		"a certificate":          {credentials.NewTLS(agent), "", codes.OK, codes.PermissionDenied},
		"an unknown certificate": {credentials.NewTLS(other), "", codes.Unauthenticated, codes.Unauthenticated},
		"nothing":                {credentials.NewTLS(trusting), "", codes.Unauthenticated, codes.Unauthenticated},
		"no TLS":                 {insecure.NewCredentials(), everybody["both"].authorization, codes.Unavailable, codes.Unavailable},
	} {
		conn, err := grpc.NewClient(a.Addresses().GRPC, grpc.WithTransportCredentials(c.transport))
		if err != nil {
			t.Fatal(err)
		}
		ctx := t.Context()
		if c.authorization != "" {
			ctx = metadata.AppendToOutgoingContext(ctx, "authorization", c.authorization)
		}
		client := loggerv1.NewLoggerClient(conn)
		if _, err := client.ListEntries(ctx, &loggerv1.ListEntriesRequest{}); status.Code(err) != c.read {
			t.Errorf("%s reads: %v, want %v", name, err, c.read)
		}
		_, err = client.WriteEntries(ctx, &loggerv1.WriteEntriesRequest{Entries: []*loggerv1.LogEntry{{Message: "x"}}})
		if status.Code(err) != c.write {
			t.Errorf("%s writes: %v, want %v", name, err, c.write)
		}
		_ = conn.Close()
	}
}

func TestTLSOverHTTP(t *testing.T) {
	a, everybody, ca := startTLS(t)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: ca.Pool(), MinVersion: tls.VersionTLS13}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	for _, address := range []string{a.Addresses().HTTP + "/logs", a.Addresses().OTLPHTTP + "/v1/logs"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+address, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", everybody["both"].authorization)
		resp, err := transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.ProtoMajor != 2 || resp.Header.Get("Strict-Transport-Security") == "" || resp.StatusCode == http.StatusUnauthorized {
			t.Errorf("%s: %s %s %v", address, resp.Proto, resp.Status, resp.Header)
		}
	}

	agent := ca.Client("spiffe://example/agent")
	dialer := &websocket.Dialer{TLSClientConfig: &tls.Config{
		RootCAs: ca.Pool(), Certificates: []tls.Certificate{agent}, MinVersion: tls.VersionTLS13,
	}}
	socket, resp, err := dialer.DialContext(t.Context(), "wss://"+a.Addresses().HTTP+"/logs/monitor?notices=true", nil)
	if err != nil {
		t.Fatalf("a WebSocket with a certificate: %v (%v)", err, resp)
	}
	_ = resp.Body.Close()
	defer func() { _ = socket.Close() }()
	if _, _, err := socket.ReadMessage(); err != nil {
		t.Errorf("nothing comes: %v", err)
	}
	plain, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+a.Addresses().HTTP+"/livez", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := transport.RoundTrip(plain); err == nil {
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("without TLS: %s", resp.Status)
		}
	}
}
