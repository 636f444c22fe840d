package web

import (
	"net/http"
	"strings"

	"github.com/seed-2f16ea30/logsieve/internal/asset"
)

// Patterns returns the paths that the handler serves, as chi writes them.
func Patterns() []string { return []string{"/", "/assets/*"} }

// policy is the content security policy of the page. It has no inline script and no inline
// style, and connect-src 'self' covers WebSockets to the same host. Trusted types make the
// browser itself refuse text as markup: a log line is never more than text. The one
// policy allowed is that with which the framework makes its own templates.
var policy = strings.Join([]string{
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"img-src 'self'",
	"connect-src 'self'",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'none'",
	"require-trusted-types-for 'script'",
	"trusted-types svelte-trusted-html",
}, "; ")

// Handler returns the handler of the page and its assets. It answers 404 to every other
// path, and 405 to methods other than GET and HEAD.
func Handler() http.Handler { return handler{files()} }

type handler struct{ files map[string]*asset.Asset }

var _ http.Handler = handler{}

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	f := h.files[r.URL.Path]
	if f == nil {
		http.NotFound(w, r)
		return
	}
	f.ServeHTTP(w, r)
}

// secure sets what holds for every answer.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
}
