package docs

import (
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"path"

	swaggerui "github.com/swaggo/files/v2"

	"github.com/seed-2f16ea30/logsieve/openapi"
)

// Patterns returns where the handler belongs, as patterns of chi.
func Patterns() []string {
	return []string{"/docs", "/docs/*", "/openapi.yaml", "/openapi.json", "/asyncapi.yaml"}
}

//go:embed pages
var pages embed.FS

// policy is sent with every page. Swagger UI draws its icons from data: URLs, and asks
// the server for the document and for what is tried out.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler returns the handler of all paths. It keeps no state, and fails only if the
// AsyncAPI document in the binary cannot be read.
func Handler() (http.Handler, error) {
	websocket, err := websocketPage(openapi.AsyncYAML)
	if err != nil {
		return nil, fmt.Errorf("docs: %w", err)
	}
	mux := http.NewServeMux()
	serve := func(pattern, mediaType string, content []byte) {
		mux.Handle("GET "+pattern, document{mediaType, content})
	}
	serve("/openapi.yaml", "application/yaml", openapi.YAML)
	serve("/openapi.json", "application/json", openapi.JSON)
	serve("/asyncapi.yaml", "application/yaml", openapi.AsyncYAML)
	serve("/docs/websocket", "text/html; charset=utf-8", websocket)
	for _, f := range []struct {
		from    fs.FS
		name    string
		pattern string
	}{
		{pages, "pages/swagger.html", "/docs"},
		{pages, "pages/swagger.js", "/docs/swagger.js"},
		{pages, "pages/style.css", "/docs/style.css"},
		// The files of Swagger UI that the page needs, and no others: the rest are maps
		// of its sources and pages that would load the document of another site.
		{swaggerui.FS, "swagger-ui.css", "/docs/swagger-ui.css"},
		{swaggerui.FS, "swagger-ui-bundle.js", "/docs/swagger-ui-bundle.js"},
		{swaggerui.FS, "favicon-32x32.png", "/docs/favicon.png"},
	} {
		content, err := fs.ReadFile(f.from, f.name)
		if err != nil {
			return nil, fmt.Errorf("docs: %w", err)
		}
		serve(f.pattern, mediaTypes[path.Ext(f.name)], content)
	}
	mux.Handle("GET /docs/{$}", http.RedirectHandler("../docs", http.StatusPermanentRedirect))
	return mux, nil
}

// mediaTypes are fixed: what the machine's own table says differs from one to the next,
// and a browser that is told nosniff takes the wrong one at its word.
var mediaTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".png":  "image/png",
}
