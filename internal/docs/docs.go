package docs

import (
	"embed"
	"fmt"
	"net/http"

	"github.com/seed-2f16ea30/logsieve/internal/asset"
	"github.com/seed-2f16ea30/logsieve/openapi"
)

// Patterns returns where the handler belongs, as patterns of chi.
func Patterns() []string {
	return []string{"/docs", "/docs/*", "/openapi.yaml", "/openapi.json", "/asyncapi.yaml"}
}

// The pages, and the parts of Swagger UI that they use: see the folder swagger.
var (
	//go:embed pages/websocket.html
	pages embed.FS
	//go:embed pages/swagger.html
	swaggerHTML []byte
	//go:embed pages/swagger.js
	swaggerJS []byte
	//go:embed pages/style.css
	style []byte
	//go:embed swagger/favicon.png
	favicon []byte
	//go:embed swagger/swagger-ui-bundle.js.gz
	swaggerBundle []byte
	//go:embed swagger/swagger-ui.css.gz
	swaggerStyle []byte
)

//go:generate go run ./internal/gen -into swagger

// policy is sent with every page. Swagger UI draws its icons from data: URLs, and asks
// the server for the document and for what is tried out.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler returns the handler of all paths. It keeps no state, and fails only if the
// AsyncAPI document or a file in the binary cannot be read.
func Handler() (http.Handler, error) {
	websocket, err := websocketPage(openapi.AsyncYAML)
	if err != nil {
		return nil, fmt.Errorf("docs: %w", err)
	}
	mux := http.NewServeMux()
	serve := func(pattern, mediaType string, content []byte) {
		mux.Handle(pattern, asset.New(mediaType, asset.AskEachTime, content))
	}
	serve("/openapi.yaml", typeYAML, openapi.YAML)
	serve("/openapi.json", typeJSON, openapi.JSON)
	serve("/asyncapi.yaml", typeYAML, openapi.AsyncYAML)
	serve("/docs/websocket", typeHTML, websocket)
	serve("/docs", typeHTML, swaggerHTML)
	serve("/docs/swagger.js", typeJS, swaggerJS)
	serve("/docs/style.css", typeCSS, style)
	serve("/docs/favicon.png", "image/png", favicon)
	for pattern, file := range map[string]struct {
		mediaType string
		zipped    []byte
	}{
		"/docs/swagger-ui-bundle.js": {typeJS, swaggerBundle},
		"/docs/swagger-ui.css":       {typeCSS, swaggerStyle},
	} {
		f, err := asset.NewZipped(file.mediaType, asset.AskEachTime, file.zipped)
		if err != nil {
			return nil, fmt.Errorf("docs: %s: %w", pattern, err)
		}
		mux.Handle(pattern, f)
	}
	mux.Handle("/docs/{$}", http.RedirectHandler("../docs", http.StatusPermanentRedirect))
	return secured(mux), nil
}

// secured sets what holds for every answer.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

// The types are fixed: what the machine's own table says differs from one to the next, and
// a browser that is told nosniff takes the wrong one at its word.
const (
	typeHTML = "text/html; charset=utf-8"
	typeCSS  = "text/css; charset=utf-8"
	typeJS   = "text/javascript; charset=utf-8"
	typeYAML = "application/yaml"
	typeJSON = "application/json"
)
