package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"

	"google.golang.org/grpc"

	"github.com/seed-2f16ea30/logsieve/internal/gateway"
	"github.com/seed-2f16ea30/logsieve/internal/grpcapi"
)

// listeners are the open addresses; one that is switched off is nil.
type listeners struct {
	pipe                                  net.Listener // between the HTTP edge and the gRPC server
	grpc, http, otlpGRPC, otlpHTTP, admin net.Listener
}

// Addresses are where a server listens, as host:port; one that is switched off is empty.
type Addresses struct {
	GRPC, HTTP, OTLPGRPC, OTLPHTTP, Admin string
}

// adminKey is the address that no limit of connections holds for: it must be there when
// they are reached.
const adminKey = "admin.address"

// listen opens all addresses, so that one that is taken is found before anything runs.
func (a *App) listen() error {
	for _, l := range []struct {
		key, address string
		listener     *net.Listener
	}{
		{"grpc.address", a.cfg.GRPC.Address, &a.listeners.grpc},
		{"http.address", a.cfg.HTTP.Address, &a.listeners.http},
		{"otlp.grpc_address", a.cfg.OTLP.GRPCAddress, &a.listeners.otlpGRPC},
		{"otlp.http_address", a.cfg.OTLP.HTTPAddress, &a.listeners.otlpHTTP},
		{adminKey, a.cfg.Admin.Address, &a.listeners.admin},
	} {
		if l.address == "" {
			continue
		}
		listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", l.address)
		switch {
		case errors.Is(err, syscall.EADDRINUSE):
			return fmt.Errorf("%s is already in use by another program: stop that one, or choose another address with %s", l.address, l.key)
		case err != nil:
			return fmt.Errorf("cannot listen on %s (%s): %w", l.address, l.key, err)
		}
		a.undo.push(func(context.Context) error { return closeListener(listener) })
		if l.key != adminKey {
			listener = a.limiter.Listen(listener)
		}
		*l.listener = listener
	}
	return nil
}

// closeListener closes a listener that its server may have closed already.
func closeListener(l net.Listener) error {
	if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// Addresses returns where the server listens, with the ports that the system chose.
func (a *App) Addresses() Addresses {
	text := func(l net.Listener) string {
		if l == nil {
			return ""
		}
		return l.Addr().String()
	}
	l := a.listeners
	return Addresses{
		GRPC: text(l.grpc), HTTP: text(l.http),
		OTLPGRPC: text(l.otlpGRPC), OTLPHTTP: text(l.otlpHTTP), Admin: text(l.admin),
	}
}

// server is something that serves an address until it is stopped.
type server struct {
	run  func() error
	stop func(ctx context.Context) // waits for what is under way until ctx ends, then cuts it off
}

// servers returns what serves the open addresses, in the order in which it is stopped.
func (a *App) servers() []server {
	var all []server
	if l := a.listeners.otlpGRPC; l != nil {
		all = append(all, grpcServer(a.otlpGRPC, l))
	}
	if l := a.listeners.otlpHTTP; l != nil {
		all = append(all, a.httpServer(l, limitAnswer(a.otlpHandler, answerTimeout), nil))
	}
	if l := a.listeners.http; l != nil {
		all = append(all, a.httpServer(l, limitAnswer(a.gateway.Handler(), answerTimeout), a.gateway.Shutdown))
	}
	all = append(all, grpcServer(a.inner, a.listeners.pipe))
	if l := a.listeners.grpc; l != nil {
		all = append(all, grpcServer(a.grpc, l))
	}
	if l := a.listeners.admin; l != nil {
		all = append(all, a.httpServer(l, a.adminHandler(), nil))
	}
	return all
}

func grpcServer(s *grpc.Server, l net.Listener) server {
	return server{
		run: func() error {
			if err := s.Serve(l); !errors.Is(err, grpc.ErrServerStopped) {
				return err
			}
			return nil // stopped before it began: as good as stopped
		},
		stop: func(ctx context.Context) {
			hard := context.AfterFunc(ctx, s.Stop)
			defer hard()
			s.GracefulStop()
		},
	}
}

// httpServer serves a handler. closeStreams, if there is one, ends what the handler keeps
// open for as long as its client likes.
func (a *App) httpServer(l net.Listener, handler http.Handler, closeStreams func(context.Context) error) server {
	base, cancel := context.WithCancelCause(context.Background())
	s := &http.Server{
		Handler: limitBody(handler), ReadHeaderTimeout: a.cfg.HTTP.HeaderTimeout,
		IdleTimeout: a.cfg.HTTP.IdleTimeout, MaxHeaderBytes: gateway.MaxHeaderBytes,
		HTTP2:       a.http2(),
		BaseContext: func(net.Listener) context.Context { return base },
		ErrorLog:    slog.NewLogLogger(a.logger.With("part", "http").Handler(), slog.LevelDebug),
	}
	serve := func() error { return s.Serve(l) }
	if l != a.listeners.admin && a.tls != nil {
		s.TLSConfig = a.tls.TLS("h2", "http/1.1")
		serve = func() error { return s.ServeTLS(l, "", "") }
	}
	return server{
		run: func() error {
			if err := serve(); !errors.Is(err, http.ErrServerClosed) {
				return err
			}
			return nil
		},
		stop: func(ctx context.Context) {
			defer cancel(errStopping)
			if closeStreams != nil {
				if err := closeStreams(ctx); err != nil {
					a.logger.Warn("streams were cut off", "error", err)
				}
			}
			if err := s.Shutdown(ctx); err != nil {
				a.logger.Warn("requests were cut off", "error", err)
				_ = s.Close()
			}
		},
	}
}

// http2 bounds what a connection of HTTP/2 holds, which there is with TLS: as much as
// one of gRPC. net/http's own limits, in brackets, suit few callers.
func (a *App) http2() *http.HTTP2Config {
	return &http.HTTP2Config{
		MaxConcurrentStreams:          a.cfg.GRPC.MaxStreams,        // [250]
		MaxReceiveBufferPerStream:     grpcapi.StreamWindow,         // [1 MiB]
		MaxReceiveBufferPerConnection: grpcapi.ConnWindow,           // [1 MiB]
		SendPingTimeout:               a.cfg.WebSocket.PingInterval, // [none] of silence
		PingTimeout:                   a.cfg.WebSocket.PongTimeout,  // [15 s]
		WriteByteTimeout:              a.cfg.WebSocket.WriteTimeout, // [none]
	}
}
