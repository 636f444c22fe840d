package ends

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/status"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/apptest"
	"github.com/seed-2f16ea30/logsieve/internal/config"
)

// patience is how long a test waits for what should be there in a moment.
const patience = 30 * time.Second

// host is a server that tells how each stream has ended for it.
type host struct {
	*apptest.Server

	mu    sync.Mutex
	fault *fault // of the streams that are opened from now on
	// ended receives the status of each Monitor stream, as the server sends it.
	ended chan codes.Code
}

var _ stats.Handler = (*host)(nil)

// start runs a server until the test ends.
func start(t *testing.T, change func(*config.Config)) *host {
	t.Helper()
	cfg := apptest.Config(t)
	cfg.Stream.ProgressInterval = 100 * time.Millisecond
	if change != nil {
		change(&cfg)
	}
	return startWith(t, cfg)
}

func startWith(t *testing.T, cfg config.Config) *host {
	t.Helper()
	const streams = 64 // more than a test opens: the handler of a stream must not wait for it
	h := &host{fault: &fault{now: make(chan struct{})}, ended: make(chan codes.Code, streams)}
	h.Server = apptest.Start(t, cfg, grpc.ChainStreamInterceptor(h.intercept), grpc.StatsHandler(h))
	return h
}

// injects makes a fault the one of the streams which are opened from now on.
func (h *host) injects(f *fault) *fault {
	f.now = make(chan struct{})
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fault = f
	return f
}

func (h *host) intercept(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	if info.FullMethod != loggerv1.Logger_Monitor_FullMethodName {
		return next(srv, stream)
	}
	h.mu.Lock()
	f := h.fault
	h.mu.Unlock()
	return f.around(srv, stream, next)
}

type methodKey struct{}

// TagRPC notes the method of a call.
func (h *host) TagRPC(ctx context.Context, info *stats.RPCTagInfo) context.Context {
	return context.WithValue(ctx, methodKey{}, info.FullMethodName)
}

// HandleRPC notes how a stream ends.
func (h *host) HandleRPC(ctx context.Context, s stats.RPCStats) {
	if end, ok := s.(*stats.End); ok && ctx.Value(methodKey{}) == loggerv1.Logger_Monitor_FullMethodName {
		h.ended <- status.Code(end.Error)
	}
}

// TagConn does nothing.
func (*host) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }

// HandleConn does nothing.
func (*host) HandleConn(context.Context, stats.ConnStats) {}

// awaitEnd returns how the next stream that ends has ended for the server.
func (h *host) awaitEnd(t *testing.T) codes.Code {
	t.Helper()
	select {
	case code := <-h.ended:
		return code
	case <-time.After(patience):
		t.Fatalf("the server has not ended the stream after %v", patience)
		return 0
	}
}

// write writes an entry.
func (h *host) write(t *testing.T, message string) {
	t.Helper()
	c, err := client.Dial(h.GRPC)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // nothing is on it any more
	if _, err := c.Write(t.Context(), &loggerv1.LogEntry{Message: message}); err != nil {
		t.Fatal(err)
	}
}

// checkEmpty wants nothing to be left of any stream.
func (h *host) checkEmpty(t *testing.T) {
	t.Helper()
	h.checkMetric(t, "logsieve_stream_open")
	h.checkMetric(t, "logsieve_stream_queued_bytes")
}

// checkBooks wants every entry of every stream to be accounted for.
func (h *host) checkBooks(t *testing.T) {
	t.Helper()
	h.checkMetric(t, "logsieve_stream_entries_unaccounted_total")
}

// checkMetric wants a metric to be 0.
func (h *host) checkMetric(t *testing.T, name string) {
	t.Helper()
	if text := h.metrics(t); !strings.Contains(text, "\n"+name+" 0\n") {
		t.Errorf("%s is not 0:\n%s", name, text)
	}
}

func (h *host) metrics(t *testing.T) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+h.Admin+"/metrics", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
