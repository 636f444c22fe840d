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
	cfg       Config
	client    loggerv1.LoggerClient
	ready     func(context.Context) error
	logger    *slog.Logger
	admission *admission

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
	admission, err := newAdmission(cfg.Origins)
	if err != nil {
		return nil, err
	}
	g := &Gateway{
		cfg: cfg, client: newClient(conn), ready: ready, logger: logger,
		admission: admission, mux: newMux(),
	}
	// The context is only used where the mux dials by itself.
	if err := loggerv1.RegisterLoggerHandlerClient(context.Background(), g.mux, g.client); err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	g.proxy = g.newProxy()
	g.router = g.routes(mounts)
	return g, nil
}

// Handler returns the handler of all routes.
func (g *Gateway) Handler() http.Handler { return g.router }

func (g *Gateway) routes(mounts []Mount) chi.Router {
	r := chi.NewRouter()
	r.Use(g.recover, g.admission.guard)
	r.NotFound(notFound)
	r.MethodNotAllowed(methodNotAllowed(r))

	r.Get(pathMonitor, g.serveMonitor)
	r.Get(pathTail, g.serveTail)
	r.Get(pathEntries, g.serveUnary((*loggerv1.ListEntriesRequest)(nil)))
	r.Get(pathFields, g.serveUnary((*loggerv1.ListFieldsRequest)(nil)))
	r.Post(pathEntries, g.serveWrite)

	r.Get("/livez", live)
	r.Get("/readyz", g.serveReady)
	r.Get("/healthz", g.serveReady)
	for _, m := range mounts {
		r.Handle(m.Pattern, m.Handler)
	}
	return r
}
