// Package apptest runs the whole server inside a test, on free ports of the loopback
// address and in a directory of its own.
package apptest

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"google.golang.org/grpc"

	"github.com/seed-2f16ea30/logsieve/internal/app"
	"github.com/seed-2f16ea30/logsieve/internal/config"
	"github.com/seed-2f16ea30/logsieve/internal/streamguard"
)

// Server is a server that runs until it is stopped, or the test ends.
type Server struct {
	app.Addresses
	// Config is what it runs with: start another one with it to restart it.
	Config config.Config

	stop func() error
}

// Config returns a configuration for a server with a directory of its own and free
// ports.
func Config(tb testing.TB) config.Config {
	tb.Helper()
	cfg := config.Default()
	for _, address := range []*string{
		&cfg.GRPC.Address, &cfg.HTTP.Address, &cfg.OTLP.GRPCAddress, &cfg.OTLP.HTTPAddress, &cfg.Admin.Address,
	} {
		*address = "127.0.0.1:0"
	}
	cfg.Store.Dir = tb.TempDir()
	return cfg
}

// Start runs a server. Two goroutines in SendMsg, or two in RecvMsg, of one of its
// streams fail the test. The options are added to those of its gRPC server.
func Start(tb testing.TB, cfg config.Config, options ...grpc.ServerOption) *Server {
	tb.Helper()
	violations := &streamguard.Log{}
	a, err := app.New(cfg, slog.New(slog.DiscardHandler), app.Options{
		GRPC: append([]grpc.ServerOption{grpc.ChainStreamInterceptor(streamguard.Server(violations.Add))}, options...),
	})
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()

	s := &Server{Addresses: a.Addresses(), Config: cfg}
	s.stop = func() error {
		cancel()
		select {
		case err := <-ended:
			ended <- nil // for the next who stops it
			return err
		case <-time.After(cfg.Shutdown.Drain + 10*time.Second):
			return errors.New("the server did not stop in time")
		}
	}
	tb.Cleanup(func() {
		if err := s.Stop(); err != nil {
			tb.Errorf("stopping the server: %v", err)
		}
		violations.Check(tb)
	})
	return s
}

// Stop drains the server as SIGTERM does, and returns how that ended. It may be called
// more than once.
func (s *Server) Stop() error { return s.stop() }
