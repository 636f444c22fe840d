package docs

import (
	"bytes"
	"io/fs"
	"net/http"
	"testing"

	swaggerui "github.com/swaggo/files/v2"
)

// What is served of Swagger UI is what its module ships, in the version of go.mod.
func TestSwaggerUIIsTheModules(t *testing.T) {
	server := serve(t)
	for path, name := range map[string]string{
		"/docs/swagger-ui-bundle.js": "swagger-ui-bundle.js", "/docs/swagger-ui.css": "swagger-ui.css", "/docs/favicon.png": "favicon-32x32.png",
	} {
		want, err := fs.ReadFile(swaggerui.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, encoding := range []string{"gzip", "identity"} {
			// The client takes gzip apart where it asked for it itself.
			header := http.Header{}
			if encoding == "identity" {
				header.Set("Accept-Encoding", encoding)
			}
			if got := get(t, server, path, header); !bytes.Equal(got.body, want) {
				t.Errorf("%s as %s is stale: run go generate ./internal/docs", path, encoding)
			}
		}
	}
}
