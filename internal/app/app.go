// Package app joins the parts of the server: [New] builds it, [App.Run] runs it.
//
// An entry's way through it: an ingest adapter hands a batch to the sink, the store gives
// it its positions and stores it, the hub follows the store, and the sessions of the
// streams that match send it.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/certificate"
	"github.com/seed-2f16ea30/logsieve/internal/config"
	"github.com/seed-2f16ea30/logsieve/internal/door"
	"github.com/seed-2f16ea30/logsieve/internal/gateway"
	"github.com/seed-2f16ea30/logsieve/internal/hub"
	"github.com/seed-2f16ea30/logsieve/internal/ingest"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/file"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/otlp"
	"github.com/seed-2f16ea30/logsieve/internal/monitor"
	"github.com/seed-2f16ea30/logsieve/internal/store/local"
	"github.com/seed-2f16ea30/logsieve/internal/telemetry"
)

// App is a server. Make one with [New] and run it once with [App.Run].
type App struct {
	cfg      config.Config
	stdin    io.Reader
	logger   *slog.Logger
	registry *prometheus.Registry
	limits   *telemetry.LimitHits

	store *local.Log
	hub   *hub.Hub
	sink  *ingest.Sink
	otlp  *otlp.Receiver
	// otlpHandler is otlp over HTTP, behind the door.
	otlpHandler http.Handler
	files       *file.Follower // nil if none are followed

	tls     *certificate.Keeper // nil without TLS
	access  *auth.Access        // nil where nobody is asked who they are
	proxies door.Proxies
	door    *door.Door
	limiter *door.Limiter

	hostname string
	service  *monitor.Service
	grpc     *grpc.Server // for the network
	inner    *grpc.Server // for the HTTP edge
	otlpGRPC *grpc.Server
	health   *health.Server
	gateway  *gateway.Gateway

	listeners listeners
	undo      stack

	// following is set while the hub follows the store, draining once a stop has begun.
	following, draining atomic.Bool
}

// Options are what a server may be given beside its configuration. The zero value is
// ready to use.
type Options struct {
	// Stdin is read as log lines if ingest.stdin is set. It is not closed.
	Stdin io.Reader
	// GRPC is added to the options of the gRPC server: for tests that look into it.
	GRPC []grpc.ServerOption
}

// New opens the store and all addresses. Nothing is served before [App.Run], which must
// be called, also if only to be cancelled: it gives back what New has opened. The error
// of New is a sentence for the one who starts the server.
func New(cfg config.Config, logger *slog.Logger, options Options) (*App, error) {
	a := &App{cfg: cfg, logger: logger, stdin: options.Stdin}
	steps := []func() error{
		a.newTelemetry,
		a.newHeadroom,
		a.newTLS,
		a.newDoor,
		a.newStore,
		a.newHub,
		a.newSink,
		a.newSources,
		a.newService,
		func() error { return a.newGRPC(options.GRPC) },
		a.newGateway,
		a.listen,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, errors.Join(err, a.undo.unwind(context.Background()))
		}
	}
	return a, nil
}

// Run serves until ctx ends or a part fails, and returns why if that was a failure. It
// stops in this order, within shutdown.drain:
//
//  1. Readiness goes red.
//  2. What brings logs in by itself, files and standard input, ends and hands over what
//     it has; OTLP finishes the calls that it has taken.
//  3. Every stream says goodbye, with a cursor to resume from, and ends; calls that write
//     or list finish.
//  4. The HTTP and the gRPC server close.
//  5. The hub stops following, the store is closed.
//
// What has not ended in time is cut off: that loses nothing acknowledged.
func (a *App) Run(ctx context.Context) error {
	group, running := errgroup.WithContext(context.WithoutCancel(ctx))
	sources, stopSources := context.WithCancelCause(running)
	hubContext, stopHub := context.WithCancelCause(running)
	defer stopHub(nil)
	defer stopSources(nil)

	a.runHub(hubContext, group)
	access, stopAccess := context.WithCancel(running)
	defer stopAccess()
	a.runAccess(access, group)
	waitForSources := a.runSources(sources, group)
	servers := a.servers()
	for _, s := range servers {
		group.Go(func() error { return s.run() })
	}
	a.logger.Info("serving", "addresses", a.Addresses())

	select {
	case <-ctx.Done():
		a.logger.Info("stopping", "drain", a.cfg.Shutdown.Drain)
	case <-running.Done():
		a.logger.Error("a part of the server failed, stopping", "error", context.Cause(running))
	}
	drain, cancel := context.WithTimeout(context.Background(), a.cfg.Shutdown.Drain)
	defer cancel()

	a.draining.Store(true)
	a.health.Shutdown()
	stopSources(errStopping)
	a.service.Drain()
	for _, s := range servers {
		s.stop(drain)
	}
	waitForSources()
	stopHub(errStopping)
	stopAccess()
	err := group.Wait()
	return errors.Join(err, a.undo.unwind(drain))
}

// errStopping is the cause of every context that a clean stop ends.
var errStopping = errors.New("the server is being stopped")

// stopped turns the end that was asked for into no error.
func stopped(err error) error {
	if errors.Is(err, errStopping) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (a *App) runHub(ctx context.Context, group *errgroup.Group) {
	a.following.Store(true)
	a.health.SetServingStatus("", healthv1.HealthCheckResponse_SERVING)
	group.Go(func() error {
		defer a.following.Store(false)
		if err := stopped(a.hub.Run(ctx)); err != nil {
			return fmt.Errorf("the hub cannot follow the store: %w", err)
		}
		return nil
	})
}

// Ready returns nil while the server can do its job, and what keeps it from it otherwise.
func (a *App) Ready(context.Context) error {
	switch {
	case a.draining.Load():
		return errStopping
	case !a.following.Load():
		return errors.New("the hub does not follow the store yet")
	default:
		return a.store.Health()
	}
}
