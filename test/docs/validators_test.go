package docs

import (
	"context"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/seed-2f16ea30/logsieve/test/e2e/node"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// validators installs the validators once a process, and returns the folder that they are in.
var validators = sync.OnceValues(func() (dir string, err error) {
	dir = filepath.Join(server.Root(), "test", "docs", "validators")
	return dir, node.Install(dir)
})

// The documents that a server serves have nothing in them that the validators of their
// ecosystems object to.
func TestDocumentsAreValid(t *testing.T) {
	need(t, "npm")
	dir, err := validators()
	if err != nil {
		t.Fatal(err)
	}
	s := server.Start(t, server.Plain, server.NewSettings(t, nil))
	for document, validator := range map[string]string{
		"openapi.yaml": "openapi.mjs", "openapi.json": "openapi.mjs", "asyncapi.yaml": "asyncapi.mjs",
	} {
		t.Run(document, func(t *testing.T) {
			check := exec.Command("node", validator, file(t, document, download(t, s, "/"+document)))
			check.Dir = dir
			out, err := check.CombinedOutput()
			if err != nil {
				t.Fatalf("%s: %v\n%s", validator, err, out)
			}
			if said := strings.TrimSpace(string(out)); said != "" {
				t.Errorf("%s has objections:\n%s", validator, said)
			}
		})
	}
}

// download returns what a server answers to a GET, which must be 200.
func download(t *testing.T, s *server.Server, path string) string {
	t.Helper()
	code, _, body := ask(t, s, http.MethodGet, path, "", nil)
	if code != http.StatusOK {
		t.Fatalf("GET %s: %d\n%s", path, code, body)
	}
	return body
}

// ask sends a request and returns the answer, whatever it is.
func ask(t *testing.T, s *server.Server, method, path, body string, header map[string]string) (code int, mediaType, answer string) {
	t.Helper()
	resp := begin(t.Context(), t, s, method, path, body, header)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header.Get("Content-Type"), string(text)
}

// begin sends a request and returns the answer, whose body the caller closes.
func begin(ctx context.Context, t *testing.T, s *server.Server, method, path, body string, header map[string]string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, "http://"+s.HTTP+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}
