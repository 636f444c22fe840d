package client_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"testing"

	"google.golang.org/grpc"

	"github.com/seed-2f16ea30/logsieve/internal/app"
	"github.com/seed-2f16ea30/logsieve/internal/config"
	"github.com/seed-2f16ea30/logsieve/internal/streamguard"
)

// realServer is a whole server in this process, for tests and for examples, which have no
// testing.T.
type realServer struct {
	address string
	dir     string
	guard   streamguard.Log
	stop    func() error
}

// startServer starts a server with its data in a directory, a new one if dir is empty, on
// an address, a free port if that is empty.
func startServer(dir, address string) (*realServer, error) {
	s := &realServer{dir: dir}
	if dir == "" {
		made, err := os.MkdirTemp("", "logsieve-client-")
		if err != nil {
			return nil, err
		}
		s.dir = made
	}
	cfg := config.Default()
	cfg.Store.Dir = s.dir
	cfg.GRPC.Address, cfg.HTTP.Address = "127.0.0.1:0", "127.0.0.1:0"
	if address != "" {
		cfg.GRPC.Address = address
	}
	cfg.OTLP.GRPCAddress, cfg.OTLP.HTTPAddress, cfg.Admin.Address = "", "", ""
	server, err := app.New(cfg, slog.New(slog.DiscardHandler), app.Options{
		GRPC: []grpc.ServerOption{grpc.ChainStreamInterceptor(streamguard.Server(s.guard.Add))},
	})
	if err != nil {
		return nil, err
	}
	s.address = server.Addresses().GRPC
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	s.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	return s, nil
}

// remove stops the server and removes its data.
func (s *realServer) remove() error { return errors.Join(s.stop(), os.RemoveAll(s.dir)) }

// start is startServer for tests.
func start(t *testing.T) *realServer {
	t.Helper()
	s, err := startServer("", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.remove(); err != nil {
			t.Errorf("the server ended with: %v", err)
		}
		s.guard.Check(t)
	})
	return s
}
