package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/door"
)

// Paths of the Logger service; http.yaml, beside the contract, says which method is where.
const (
	pathMonitor = "/logs/monitor"
	pathTail    = "/logs/tail"
	pathEntries = "/logs"
	pathFields  = "/logs/fields"
)

// Gateway is the HTTP edge. Its methods are safe for concurrent use.
type Gateway struct {
	cfg    Config
	client loggerv1.LoggerClient
	ready  func(context.Context) error
	logger *slog.Logger
	web    *door.Web

	mux     *runtime.ServeMux
	proxy   http.Handler
	router  chi.Router
	streams streams
}

// New returns the edge over a connection to the Logger service, which must reach a server
// that knows the codecs of package frame. ready says whether the service can be used; it
// is called for each probe. The connection is not closed by the Gateway.
func New(cfg Config, conn grpc.ClientConnInterface, ready func(context.Context) error, logger *slog.Logger, mounts ...Mount) (*Gateway, error) {
	cfg = cfg.withDefaults()
	web, err := cfg.Door.Web(cfg.Web, func(w http.ResponseWriter, _ *http.Request, err error) { writeError(w, err) })
	if err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	g := &Gateway{cfg: cfg, client: newClient(conn), ready: ready, logger: logger, web: web, mux: newMux()}
	// The context is only used where the mux dials by itself.
	if err := loggerv1.RegisterLoggerHandlerClient(context.Background(), g.mux, g.client); err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	g.proxy = g.newProxy()
	if g.router, err = g.routes(mounts); err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	return g, nil
}

// Handler returns the handler of all routes.
func (g *Gateway) Handler() http.Handler { return g.router }

// Routes returns the routes, for tests that compare them with the table of permissions.
func (g *Gateway) Routes() chi.Routes { return g.router }

func (g *Gateway) routes(mounts []Mount) (chi.Router, error) {
	r := chi.NewRouter()
	r.Use(g.recover, g.web.Guard, dropLong)
	r.NotFound(notFound)
	r.MethodNotAllowed(methodNotAllowed(r))

	get := func(path string, handler http.HandlerFunc) { g.route(r, http.MethodGet, path, handler) }
	get(pathMonitor, g.serveMonitor)
	get(pathTail, g.serveTail)
	get(pathEntries, g.serveUnary((*loggerv1.ListEntriesRequest)(nil)))
	get(pathFields, g.serveUnary((*loggerv1.ListFieldsRequest)(nil)))
	g.route(r, http.MethodPost, pathEntries, http.HandlerFunc(g.serveWrite))

	get("/livez", live)
	get("/readyz", g.serveReady)
	get("/healthz", g.serveReady)
	for _, m := range mounts {
		if !g.mount(r, m) {
			return nil, fmt.Errorf("the routes of %s are in no table of permissions", m.Pattern)
		}
	}
	return r, nil
}

// route adds a route. Whoever has not what the table of permissions asks for it never
// comes to its handler.
func (g *Gateway) route(r chi.Router, method, pattern string, handler http.Handler) {
	r.Method(method, pattern, g.web.Admit(method+" "+pattern, handler))
}

// mount adds the methods of a pattern that are in the table of permissions, and reports
// whether there are any.
func (g *Gateway) mount(r chi.Router, m Mount) (known bool) {
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		if door.Knows(method + " " + m.Pattern) {
			g.route(r, method, m.Pattern, m.Handler)
			known = true
		}
	}
	return known
}
