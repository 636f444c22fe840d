package gateway

import (
	"io"
	"net/http"
)

func live(w http.ResponseWriter, _ *http.Request) { answerProbe(w, http.StatusOK, "ok\n") }

// serveReady says whether the service can be used, and no more: why it cannot is for the
// log and the admin address.
func (g *Gateway) serveReady(w http.ResponseWriter, r *http.Request) {
	err := g.ready(r.Context())
	if err == nil && g.streams.stopped() {
		err = errStopping
	}
	if err != nil {
		g.logger.DebugContext(r.Context(), "not ready", "error", err)
		answerProbe(w, http.StatusServiceUnavailable, "not ready\n")
		return
	}
	answerProbe(w, http.StatusOK, "ok\n")
}

func answerProbe(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_, _ = io.WriteString(w, text) // a probe that does not read it has its code
}
