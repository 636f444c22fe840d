package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"

	"github.com/seed-2f16ea30/logsieve/internal/config"
	"github.com/seed-2f16ea30/logsieve/internal/door"
	"github.com/seed-2f16ea30/logsieve/internal/gateway"
	"github.com/seed-2f16ea30/logsieve/internal/grpcapi"
	"github.com/seed-2f16ea30/logsieve/internal/hub"
	"github.com/seed-2f16ea30/logsieve/internal/ingest"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/inflate"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/otlp"
	"github.com/seed-2f16ea30/logsieve/internal/monitor"
	"github.com/seed-2f16ea30/logsieve/internal/store"
	"github.com/seed-2f16ea30/logsieve/internal/store/local"
	"github.com/seed-2f16ea30/logsieve/internal/telemetry"
)

func (a *App) newTelemetry() (err error) {
	a.registry = telemetry.NewRegistry()
	a.limits, err = telemetry.NewLimitHits(a.registry, limitKeys()...)
	return err
}

func (a *App) newStore() (err error) {
	c := a.cfg.Store
	mode := local.Written
	if c.Sync == config.SyncFsync {
		mode = local.Fsync
	}
	a.store, err = local.Open(local.Config{
		Dir: c.Dir, Sync: mode, SyncInterval: c.SyncInterval,
		MaxAge: c.MaxAge, MaxBytes: int64(c.MaxSize), DiskHighWater: float64(c.DiskHighWater) / 100,
	}, a.logger.With("part", "store"))
	if err != nil {
		return fmt.Errorf("the store cannot be opened: %w", err)
	}
	a.undo.push(func(context.Context) error { return a.store.Close() })
	return nil
}

// storeReaders is how many streams read the store at the same time: with two cores, more
// only take each other's time, and each holds a decoded stretch of the log.
const storeReaders = 8

func (a *App) newHub() error {
	a.hub = hub.New(hub.Config{
		RingEntries: a.cfg.Hub.RingEntries, RingBytes: int(a.cfg.Hub.RingSize),
		QueueBytes: int(a.cfg.Stream.MaxQueued), Readers: storeReaders,
	}, a.store)
	// For all streams together and for the largest: one metric a stream would make as many
	// as there are clients.
	return errors.Join(
		a.gauge("queued_bytes", "What live streams hold of entries that their clients have not taken, together.", a.hub.Queued),
		a.gauge("queued_bytes_max", "What the live stream holds that holds most of entries that its client has not taken.", a.hub.Largest),
	)
}

// gauge registers a gauge of streams that is asked for its value.
func (a *App) gauge(name, help string, value func() int) error {
	return a.registry.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: telemetry.Namespace, Subsystem: "stream", Name: name, Help: help,
	}, func() float64 { return float64(value()) }))
}

func (a *App) newSink() error {
	c := a.cfg.Ingest
	a.sink = ingest.NewSink(a.store, ingest.Limits{EntryBytes: int(c.EntrySize), Attributes: c.Attributes}, time.Now)
	a.sink.LimitRates(ingest.Rates{Bytes: int64(c.RateSize), Burst: int64(c.RateBurst), Entries: c.RateEntries}, a.limits.Hit)
	a.otlp = otlp.NewReceiver(a.sink, inflate.Limits{Wire: int64(c.BodySize), Decoded: int64(c.DecodedSize), Hit: a.limits.Hit}, a.logger.With("part", "otlp"))
	web, err := a.door.Web(a.webConfig(), otlp.Refuse)
	if err != nil {
		return err
	}
	a.otlpHandler = web.Guard(web.Admit(http.MethodPost+" "+otlp.LogsPath, a.otlp))
	return nil
}

func (a *App) newService() error {
	c := a.cfg.Stream
	secret, err := store.Secret(a.cfg.Store.Dir)
	if err != nil {
		return err
	}
	a.service = monitor.New(monitor.Config{
		QueueBytes: int(c.QueueSize), ProgressInterval: c.ProgressInterval,
		FirstFilterTimeout: c.FirstFilterTimeout, MaxStreams: c.MaxStreams, MaxAge: c.MaxAge, IdleTimeout: c.IdleTimeout, Limits: a.limits,
		MaxStreamsPerPrincipal: c.MaxStreamsPerPrincipal, CursorSecret: secret,
		Filter: a.filterLimits(), MaxEntriesPerSecond: c.MaxEntriesPerSecond, FilterUpdates: c.FilterUpdates, FilterBurst: c.FilterBurst,
	}, a.hub, a.store, a.sink, monitor.NewMetrics(a.registry), a.logger.With("part", "monitor"))
	return nil
}

// edgeCalls is how many calls the HTTP edge may have open beside its streams: its one
// connection carries them all, and a call above the limit of streams waits.
const edgeCalls = 1024

// newGRPC makes the gRPC servers: two of the same service, one for the network and one for
// the HTTP edge, whose one connection carries the calls of all of its clients, and that of
// OTLP.
func (a *App) newGRPC(options []grpc.ServerOption) error {
	in := a.cfg.Ingest
	// As many as fill one connection, beside the streams: more than one at a time need only
	// those who share a credential.
	calls := grpcapi.NewCalls(a.cfg.Stream.MaxStreamsPerPrincipal+a.cfg.GRPC.MaxStreams, a.limits.Hit)
	serve := func(part string, message config.Size, streams int, options ...grpc.ServerOption) *grpc.Server {
		return grpcapi.New(grpcapi.Config{
			MaxMessageBytes: int(message), MaxStreams: streams, Door: a.door, Calls: calls, TLS: a.tlsFor("h2"),
		}, a.logger.With("part", part), options...)
	}
	a.grpc = serve("grpc", in.BodySize, a.cfg.GRPC.MaxStreams, options...)
	a.inner = serve("grpc", in.DecodedSize, a.cfg.Stream.MaxStreams+edgeCalls, options...)
	a.otlpGRPC = serve("otlp", in.DecodedSize, a.cfg.GRPC.MaxStreams)
	a.service.Register(a.grpc)
	a.service.Register(a.inner)
	a.otlp.Register(a.otlpGRPC)
	a.health = grpcapi.RegisterHealth(a.grpc)
	return nil
}

// pipeBytes is the buffer of the connection between the HTTP edge and the gRPC server. It
// is one for all streams of the edge, and both ends are in this process.
const pipeBytes = 1 << 20

// maxEdgeMessage bounds one message to the HTTP edge: an entry of the largest size as
// JSON, every byte of it escaped, among others.
const maxEdgeMessage = 64 << 20

// edgeWindow is how much of a stream the HTTP edge takes before its client does. Without a
// bound grpc-go makes it as large as the connection is fast, up to 16 MiB, which each stalled
// WebSocket would hold.
const edgeWindow = 64 << 10

// newGateway connects the HTTP edge to the gRPC server, in the process.
func (a *App) newGateway() error {
	pipe := door.NewPipe(pipeBytes)
	a.listeners.pipe = pipe
	a.undo.push(func(context.Context) error { return pipe.Close() })
	conn, err := grpc.NewClient("passthrough:///logsieve", append(pipe.DialOptions(),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxEdgeMessage)),
		grpc.WithStaticStreamWindowSize(edgeWindow), grpc.WithStaticConnWindowSize(pipeBytes))...)
	if err != nil {
		return err
	}
	a.undo.push(func(context.Context) error { return conn.Close() })
	pages, err := mounts()
	if err != nil {
		return err
	}
	ws, in := a.cfg.WebSocket, a.cfg.Ingest
	a.gateway, err = gateway.New(gateway.Config{
		MessageSize: int(ws.MessageSize), MessageRate: ws.MessageRate,
		PingInterval: ws.PingInterval, PongTimeout: ws.PongTimeout, WriteTimeout: ws.WriteTimeout,
		BodySize: int(in.BodySize), DecodedSize: int(in.DecodedSize), CallSize: int(in.DecodedSize),
		Hit: a.limits.Hit, Door: a.door, Web: a.webConfig(),
	}, conn, a.Ready, a.logger.With("part", "gateway"), pages...)
	return err
}
