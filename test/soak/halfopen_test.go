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

// TestHalfOpen loses clients without a word, on a server whose keep-alive does not take
// 40 s: the server finds out by itself, and lets go of them. The long TestCut does so with
// the real times.
func TestHalfOpen(t *testing.T) {
	const streams = 50
	quick := grpc.KeepaliveParams(keepalive.ServerParameters{Time: time.Second, Timeout: time.Second})
	a, err := app.New(apptest.Config(t), slog.New(slog.DiscardHandler), app.Options{GRPC: []grpc.ServerOption{quick}})
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	defer func() {
		cancel()
		must(t, <-ended)
	}()

	line := startProxy(t, a.Addresses().GRPC)
	warm, _ := open(t, line.address(), 1)
	before := runtime.NumGoroutine()
	conn, _ := open(t, line.address(), streams)
	line.hole.Store(true)
	must(t, conn.Close())
	within := time.Now().Add(returnTime)
	for runtime.NumGoroutine() > before && time.Now().Before(within) {
		time.Sleep(50 * time.Millisecond) // what is waited for says nothing
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines more than before, %v after the clients vanished", n-before, returnTime)
	}
	must(t, warm.Close())
}
