package soak

import (
	"context"
	"log/slog"
	"runtime"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"

	"github.com/seed-2f16ea30/logsieve/internal/app"
	"github.com/seed-2f16ea30/logsieve/internal/apptest"
)

// TestHalfOpen loses clients without a word, over gRPC and WebSockets, on a server whose
// keep-alive does not take 40 s: the server finds out by itself, and lets go of them. The
// long TestCut does so with the real times.
func TestHalfOpen(t *testing.T) {
	const streams = 50
	quick := grpc.KeepaliveParams(keepalive.ServerParameters{Time: time.Second, Timeout: time.Second})
	cfg := apptest.Config(t)
	cfg.WebSocket.PingInterval, cfg.WebSocket.PongTimeout = time.Second, time.Second
	a, err := app.New(cfg, slog.New(slog.DiscardHandler), app.Options{GRPC: []grpc.ServerOption{quick}})
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	defer func() {
		cancel()
		must(t, <-ended)
	}()

	at := a.Addresses()
	warm, all := open(t, at.GRPC, at.HTTP, 2)
	toGRPC, toHTTP := startProxy(t, at.GRPC), startProxy(t, at.HTTP)
	before := runtime.NumGoroutine()
	vanish(t, toGRPC, toHTTP, streams)
	within := time.Now().Add(patience)
	for runtime.NumGoroutine() > before && time.Now().Before(within) {
		time.Sleep(50 * time.Millisecond) // what is waited for says nothing
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines more than before, %v after the clients vanished", n-before, patience)
	}
	for _, w := range all {
		w.cut()
	}
	must(t, warm.Close())
}
