package soak

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/seed-2f16ea30/logsieve/internal/grpcapi"
	"github.com/seed-2f16ea30/logsieve/internal/hub"
	"github.com/seed-2f16ea30/logsieve/internal/ingest"
	"github.com/seed-2f16ea30/logsieve/internal/monitor"
	"github.com/seed-2f16ea30/logsieve/internal/store/local"
)

// engine is the service on a real store, a real hub and a real gRPC server, all so small
// that streams fall behind, read the store and join again all the time. It is not the
// whole server, since a test of retention has to say when that runs.
type engine struct {
	dir     string
	log     *local.Log
	service *monitor.Service
	server  *grpc.Server
	conn    *grpc.ClientConn
	stop    context.CancelFunc
	running sync.WaitGroup
}

// keep is how long the engine keeps entries.
const keep = 20 * time.Millisecond

func newEngine(dir string) (*engine, error) {
	e := &engine{dir: dir}
	err := e.start()
	return e, err
}

func (e *engine) start() (err error) {
	logger := slog.New(slog.DiscardHandler)
	e.log, err = local.Open(local.Config{
		Dir: e.dir, MaxAge: keep, RetentionInterval: time.Hour, MemTableBytes: 256 << 10,
	}, logger)
	if err != nil {
		return err
	}
	h := hub.New(hub.Config{RingEntries: 64, RingBytes: 1 << 20, QueueBytes: 32 << 10, Readers: 2}, e.log)
	e.service = monitor.New(monitor.Config{
		QueueBytes: 4 << 10, ProgressInterval: 5 * time.Millisecond, FirstFilterTimeout: time.Minute,
		MaxStreams: 100, FilterUpdates: 10_000, FilterBurst: 10_000,
	}, h, e.log, ingest.NewSink(e.log, ingest.Limits{}, time.Now), monitor.NewMetrics(prometheus.NewRegistry()), logger)
	e.server = grpcapi.New(grpcapi.Config{MaxMessageBytes: 4 << 20, MaxStreams: 100}, logger)
	e.service.Register(e.server)

	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, e.log.Close())
	}
	ctx, stop := context.WithCancel(context.Background())
	e.stop = stop
	e.running.Go(func() { _ = h.Run(ctx) })               // it ends with ctx
	e.running.Go(func() { _ = e.server.Serve(listener) }) // it ends with close
	e.conn, err = grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	return err
}

// close drains the service as a clean stop does.
func (e *engine) close() error {
	e.service.Drain()
	e.server.GracefulStop()
	err := e.conn.Close()
	e.stop()
	e.running.Wait()
	return errors.Join(err, e.log.Close())
}

func (e *engine) restart() error { return errors.Join(e.close(), e.start()) }
