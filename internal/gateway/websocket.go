package gateway

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"

	"github.com/go-chi/chi/v5"
	"github.com/gorilla/websocket"
	"github.com/tmc/grpc-websocket-proxy/wsproxy"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// upgrades reports whether a request asks for a WebSocket.
func upgrades(r *http.Request) bool { return websocket.IsWebSocketUpgrade(r) }

// serveMonitor serves the WebSocket and, to who asks for none, the same as pathTail.
func (g *Gateway) serveMonitor(w http.ResponseWriter, r *http.Request) {
	if !upgrades(r) {
		g.serveTail(w, r)
		return
	}
	if err := g.serveWebSocket(w, r); err != nil {
		writeError(w, err)
	}
}

// serveWebSocket returns an error as long as it can be answered: the proxy upgrades
// first and asks later, so that what it refuses comes as a frame before a close.
func (g *Gateway) serveWebSocket(w http.ResponseWriter, r *http.Request) error {
	if err := checkHandshake(w, r); err != nil {
		return err
	}
	first, err := firstFilter(r.URL)
	if err != nil {
		return err
	}
	// The stream outlives the request, whose context ends when this returns; and chi
	// takes what it has put into that context for the next request.
	ctx := context.WithValue(context.WithoutCancel(r.Context()), chi.RouteCtxKey, (*chi.Context)(nil))
	open, err := g.streams.begin(ctx)
	if err != nil {
		return err
	}
	s := newSession(g.cfg.limits(), first)
	s.subprotocol = r.Header.Get("Sec-Websocket-Protocol")
	r.Header.Del("Sec-Websocket-Protocol") // the proxy takes it for a credential, and answers none but one
	s.cancel = open.cancel
	finished := make(chan struct{})
	go func() { // Shutdown waits for it
		defer close(finished)
		defer g.streams.end(open)
		g.runProxy(&hijacker{w, s}, r.WithContext(withSession(open.ctx, s)))
		open.cancel(context.Canceled) // the proxy returns when either side has ended; now both must
		s.wait()
	}()
	// Once it is hijacked, all that the HTTP server keeps for a connection can go: a sixth
	// of what an idle stream costs (87 KiB with it, 74 without).
	select {
	case <-finished:
	case <-s.hijacked:
	}
	return nil
}

// runProxy serves a WebSocket to its end.
func (g *Gateway) runProxy(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if cause := recover(); cause != nil {
			g.panicked(r, cause)
		}
	}()
	// The proxy takes parameters of its own from the query; there are none left in it.
	r.URL = &url.URL{Path: pathMonitor}
	g.proxy.ServeHTTP(w, r)
}

// checkHandshake refuses what the upgrade would refuse in plain text.
func checkHandshake(w http.ResponseWriter, r *http.Request) error {
	const version = "13"
	if r.Header.Get("Sec-Websocket-Version") != version {
		w.Header().Set("Sec-Websocket-Version", version)
		return &httpError{
			code: codes.InvalidArgument, reason: "WEBSOCKET_VERSION", status: http.StatusUpgradeRequired,
			message: "the WebSocket protocol has another version", hint: "send Sec-WebSocket-Version: " + version,
		}
	}
	const keyBytes = 16
	if key, err := base64.StdEncoding.DecodeString(r.Header.Get("Sec-Websocket-Key")); err != nil || len(key) != keyBytes {
		return invalid("WEBSOCKET_KEY", "Sec-WebSocket-Key is not valid", "send 16 random bytes in base64")
	}
	return nil
}

// newProxy returns the proxy with all of its own ways in switched off: the method and the
// credential that it takes from the query and from a cookie, its pings, which it
// writes beside its other writer, and its logger, which is given every payload.
func (g *Gateway) newProxy() http.Handler {
	return wsproxy.WebsocketProxy(http.HandlerFunc(g.serveFrames),
		wsproxy.WithMethodParamOverride(""),
		wsproxy.WithTokenCookieName(""),
		wsproxy.WithForwardedHeaders(forwarded),
		wsproxy.WithRequestMutator(prepare),
		wsproxy.WithLogger(silent{}),
	)
}

// forwarded reports whether the handler behind the proxy sees a header.
func forwarded(name string) bool {
	switch name {
	case "Grpc-Timeout", "Origin", "Traceparent", "Tracestate", "User-Agent":
		return true
	default:
		return false
	}
}

// prepare completes the request that the proxy makes for the handler behind it.
func prepare(incoming, outgoing *http.Request) *http.Request {
	s := sessionOf(incoming.Context())
	s.running.Store(true) // from here on the proxy calls the handler, whatever happens
	outgoing.Method = http.MethodGet
	outgoing.Host = incoming.Host
	outgoing.RemoteAddr = incoming.RemoteAddr
	outgoing.TLS = incoming.TLS
	outgoing.Body = newFilters(outgoing.Body, s)
	// Who it comes from stands in the context; the proxy takes a sub-protocol for a credential.
	outgoing.Header.Del("Authorization")
	return outgoing
}

// serveFrames is the handler behind the proxy. It runs in a goroutine of the proxy's,
// where a panic would end the process.
func (g *Gateway) serveFrames(_ http.ResponseWriter, r *http.Request) {
	s := sessionOf(r.Context())
	defer close(s.ended)
	w := &lineWriter{session: s, header: make(http.Header)}
	defer func() {
		if cause := recover(); cause != nil {
			g.panicked(r, cause)
			s.abort(w)
		}
	}()
	// A client that takes nothing must not hold up who ends the stream.
	defer context.AfterFunc(r.Context(), s.conn.Expire)()
	g.mux.ServeHTTP(w, r)
}

// abort ends a session whose handler panicked.
func (s *session) abort(w *lineWriter) {
	st := status.New(codes.Internal, "the server failed: its log says why")
	s.fail(st)
	if line, err := (marshaler{ndjson}).Marshal(errorFrame(st)); err == nil {
		_, _ = w.Write(line) // the close frame says the same
	}
}

func (g *Gateway) panicked(r *http.Request, cause any) {
	g.logger.ErrorContext(r.Context(), "a handler panicked",
		"path", r.URL.Path, "panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
}

// silent is a logger for the proxy. What it says is about clients that have gone, or has
// their messages in it.
type silent struct{}

var _ wsproxy.Logger = silent{}

// Warnln drops its arguments.
func (silent) Warnln(...any) {}

// Debugln drops its arguments.
func (silent) Debugln(...any) {}
