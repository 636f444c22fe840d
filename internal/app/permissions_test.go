package app

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/auth/token"
	"github.com/seed-2f16ea30/logsieve/internal/config"
	"github.com/seed-2f16ea30/logsieve/internal/door"
)

// role is somebody who comes: what they show, and what they may.
type role struct {
	authorization string // empty: nothing is shown
	known         bool
	may           auth.Permission
}

// roles writes an access file and returns everybody who may try.
func roles(t *testing.T, path string) map[string]role {
	t.Helper()
	all := map[string]role{
		"nobody":   {},
		"a liar":   {authorization: "Bearer sk_reader_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
		"a cookie": {authorization: "Basic cmVhZGVyOg=="},
	}
	text := strings.Builder{}
	text.WriteString("tokens:\n")
	for name, c := range map[string]struct {
		grants string
		known  bool
		may    auth.Permission
	}{
		"reader":  {`read: "*"`, true, auth.Read},
		"writer":  {"write: true", true, auth.Write},
		"both":    {`read: "*", write: true`, true, auth.Read | auth.Write},
		"expired": {`read: "*", write: true, expires: 2001-01-01T00:00:00Z`, false, 0},
	} {
		secret, sum := token.New(name)
		fmt.Fprintf(&text, "- {id: %s, name: %s, sha256: %s, %s}\n", name, name, sum, c.grants)
		all[name] = role{"Bearer " + secret, c.known, c.may}
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return all
}

// start runs a server that asks everybody who they are, until the test ends. change, if
// not nil, changes its configuration.
func start(t *testing.T, change func(*config.Config)) (a *App, all map[string]role) {
	t.Helper()
	cfg := config.Default()
	for _, address := range []*string{
		&cfg.GRPC.Address, &cfg.HTTP.Address, &cfg.OTLP.GRPCAddress, &cfg.OTLP.HTTPAddress, &cfg.Admin.Address,
	} {
		*address = "127.0.0.1:0"
	}
	cfg.Store.Dir = t.TempDir()
	cfg.Auth.File = filepath.Join(t.TempDir(), "access.yaml")
	all = roles(t, cfg.Auth.File)
	if change != nil {
		change(&cfg)
	}
	a, err := New(cfg, slog.New(slog.DiscardHandler), Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return a, all
}

// want checks what became of a request against the table of permissions.
func want(t *testing.T, table map[string]auth.Permission, what, who string, r role, got codes.Code) {
	t.Helper()
	needs, ok := table[what]
	switch {
	case !ok:
		t.Errorf("%s is served, and in no table of permissions", what)
	case needs == 0 || r.known && r.may&needs == needs:
		if got == codes.Unauthenticated || got == codes.PermissionDenied {
			t.Errorf("%s by %s: %v", what, who, got)
		}
	case !r.known && got != codes.Unauthenticated:
		t.Errorf("%s by %s: %v, want UNAUTHENTICATED", what, who, got)
	case r.known && got != codes.PermissionDenied:
		t.Errorf("%s by %s: %v, want PERMISSION_DENIED", what, who, got)
	}
}

// TestEveryMethodAndRoute has everybody try all that is served, over gRPC and HTTP, and
// finds all that is in the table of permissions.
func TestEveryMethodAndRoute(t *testing.T) {
	a, everybody := start(t, nil)
	table := maps.Collect(door.Permissions())
	unseen := maps.Clone(table)
	for server, address := range map[*grpc.Server]string{a.grpc: a.Addresses().GRPC, a.otlpGRPC: a.Addresses().OTLPGRPC} {
		for _, method := range methodsOf(server) {
			delete(unseen, method)
			for who, r := range everybody {
				want(t, table, method, who, r, call(t, address, method, r.authorization))
			}
		}
	}
	for _, route := range append(routesOf(t, a), "POST /v1/logs") {
		delete(unseen, route)
		for who, r := range everybody {
			want(t, table, route, who, r, request(t, a, route, r.authorization))
		}
	}
	if len(unseen) > 0 {
		t.Errorf("in the table of permissions, and not served: %q", slices.Sorted(maps.Keys(unseen)))
	}
	for _, method := range methodsOf(a.inner) {
		if !slices.Contains(methodsOf(a.grpc), method) {
			t.Errorf("%s is served to the HTTP edge alone", method)
		}
	}
}

func methodsOf(s *grpc.Server) (all []string) {
	for service, info := range s.GetServiceInfo() {
		for _, m := range info.Methods {
			all = append(all, "/"+service+"/"+m.Name)
		}
	}
	return all
}

func routesOf(t *testing.T, a *App) (all []string) {
	t.Helper()
	err := chi.Walk(a.gateway.Routes(), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		all = append(all, method+" "+route)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// call calls a method with an empty message and returns the status, OK as soon as there
// is any answer.
func call(t *testing.T, address, method, authorization string) codes.Code {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if authorization != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", authorization)
	}
	s, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, method)
	if err != nil {
		t.Fatal(err)
	}
	// An error here is told by the status, below.
	_ = s.SendMsg(&emptypb.Empty{})
	if !strings.HasSuffix(method, "Monitor") {
		_ = s.CloseSend()
	}
	if header, err := s.Header(); err == nil && header != nil {
		return codes.OK
	}
	return status.Code(s.RecvMsg(&emptypb.Empty{}))
}

// request requests a route with an empty body, and returns what its status means.
func request(t *testing.T, a *App, route, authorization string) codes.Code {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	address := a.Addresses().HTTP
	if path == "/v1/logs" {
		address = a.Addresses().OTLPHTTP
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, "http://"+address+strings.Replace(path, "*", "x", 1), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatalf("%s: %v", route, err)
	}
	_ = resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusUnauthorized:
		if resp.Header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s does not say how to authenticate", route)
		}
		return codes.Unauthenticated
	case http.StatusForbidden:
		return codes.PermissionDenied
	default:
		return codes.OK
	}
}
