package docs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/auth/authtest"
	"github.com/seed-2f16ea30/logsieve/internal/config"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

const accessPage = "access.md"

// shell runs commands of the page in a directory, and returns what they print.
func shell(t *testing.T, dir, text string) string {
	t.Helper()
	out, err := run(t, dir, "bash", "-euc", built(t, text)).rest()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// guarded runs a server with the access file that the page makes, in a directory with it.
func guarded(t *testing.T, more server.Settings) (s *server.Server, dir string) {
	t.Helper()
	dir = t.TempDir()
	shell(t, dir, blocks(t, accessPage)["new"])
	settings := server.NewSettings(t, more)
	settings["auth.file"] = filepath.Join(dir, "access.yaml")
	return server.Start(t, server.Plain, settings), dir
}

// What the page types lets in, and shows what it says.
func TestAccess(t *testing.T) {
	s, dir := guarded(t, nil)
	named := blocks(t, accessPage)
	out := shell(t, dir, "export LOGSIEVE_SERVER="+s.GRPC+"\n"+local(s, named["use"]))
	if lines := strings.Split(strings.TrimSpace(out), "\n"); len(lines) != 2 ||
		!strings.Contains(lines[0], "hello") || !strings.Contains(lines[1], `"message":"hello"`) {
		t.Errorf("printed is %q", out)
	}
	out = shell(t, dir, named["look"])
	if !strings.Contains(out, "ana ") || !strings.Contains(out, "name:    token:ana\nreads:   *\nwrites:  everything\n") {
		t.Errorf("printed is %q", out)
	}
	if _, err := run(t, dir, "bash", "-euc", built(t, "bin/logsieve tail --no-follow --server "+s.GRPC)).rest(); err == nil || !strings.Contains(err.Error(), "exit status 4") {
		t.Errorf("without a token: %v", err)
	}
	if !strings.Contains(named["serve"], "--auth-file access.yaml") {
		t.Error("the page does not give the file to the server")
	}
}

// A stream whose token is taken away says goodbye, and does not come back.
func TestRevocation(t *testing.T) {
	s, dir := guarded(t, nil)
	token, err := os.ReadFile(filepath.Join(dir, "ana.token"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.Dial(s.GRPC, client.WithToken(strings.TrimSpace(string(token))))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // its stream has ended
	stream, err := c.Monitor(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(&loggerv1.LogFilter{Notices: true}); err != nil {
		t.Fatal(err)
	}
	if m, err := stream.Recv(); err != nil || m.GetNotice().GetApplied() == nil {
		t.Fatalf("Recv = %v, %v", m, err)
	}
	if err := os.Remove(filepath.Join(dir, "access.yaml")); err != nil {
		t.Fatal(err)
	}
	shell(t, dir, "bin/logsieve token new --name other --read '*' --file access.yaml")
	for err == nil {
		_, err = stream.Recv()
	}
	if status.Code(err) != codes.Unauthenticated {
		t.Errorf("Recv = %v", err)
	}
}

// The commands of the page reach a server with TLS, with a token and with a certificate.
func TestAccessWithTLS(t *testing.T) {
	authority := authtest.NewAuthority(t)
	certificate, key := authtest.Files(t, authority.Issue(t, nil, nil))
	authorities := authtest.WriteFile(t, "ca.pem", authority.PEM)
	s, dir := guarded(t, server.Settings{
		"tls.cert_file": certificate, "tls.key_file": key, "tls.client_ca_file": authorities,
	})
	text := strings.NewReplacer("ca.pem", authorities, "cert.pem", certificate, "key.pem", key).Replace(blocks(t, accessPage)["tls"])
	out := shell(t, dir, "export LOGSIEVE_SERVER="+s.GRPC+"\necho hello | bin/logsieve send --ca-file "+authorities+" --token-file ana.token\n"+text)
	if strings.Count(out, "hello") != 2 {
		t.Errorf("printed is %q", out)
	}
}

// The configuration of the page, beyond this machine, is one that a server starts with.
func TestBeyondThisMachine(t *testing.T) {
	path := authtest.WriteFile(t, "config.yaml", []byte(blocks(t, accessPage)["beyond"]))
	if _, err := config.Load(path, nil, nil); err != nil {
		t.Error(err)
	}
}
