package client_test

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"github.com/seed-2f16ea30/logsieve/internal/app"
	"github.com/seed-2f16ea30/logsieve/internal/config"
)

// startServer starts a whole server in this process, for examples, which have no
// testing.T that package apptest could use.
func startServer() (address string, stop func() error, err error) {
	dir, err := os.MkdirTemp("", "logsieve-example-")
	if err != nil {
		return "", nil, err
	}
	cfg := config.Default()
	cfg.Store.Dir = dir
	cfg.GRPC.Address, cfg.HTTP.Address = "127.0.0.1:0", "127.0.0.1:0"
	cfg.OTLP.GRPCAddress, cfg.OTLP.HTTPAddress, cfg.Admin.Address = "", "", ""
	server, err := app.New(cfg, slog.New(slog.DiscardHandler), app.Options{})
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	return server.Addresses().GRPC, func() error {
		cancel()
		return errors.Join(<-ended, os.RemoveAll(dir))
	}, nil
}
