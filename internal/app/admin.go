package app

import (
	"net/http"
	"net/http/pprof"

	"github.com/seed-2f16ea30/logsieve/internal/door"
	"github.com/seed-2f16ea30/logsieve/internal/telemetry"
)

// adminHandler serves what is for whoever runs the server, on an address of its own:
// metrics, profiles, and what keeps the server from being ready.
func (a *App) adminHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", telemetry.Handler(a.registry, a.logger.With("part", "admin")))
	if a.cfg.Admin.PProf {
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := a.Ready(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ok\n"))
	})
	return a.byName(mux)
}

// byName refuses a request to a name that is not the server's: a page that makes its own
// point to this machine could otherwise read the metrics with its user's browser.
func (a *App) byName(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !door.Serves(r.Host, a.cfg.HTTP.Hosts) {
			http.Error(w, "use the address of this server, or have the name put on the list http.hosts", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
