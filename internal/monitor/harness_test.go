package monitor_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/grpcapi"
	"github.com/seed-2f16ea30/logsieve/internal/hub"
	"github.com/seed-2f16ea30/logsieve/internal/ingest"
	"github.com/seed-2f16ea30/logsieve/internal/monitor"
	"github.com/seed-2f16ea30/logsieve/internal/store/local"
	"github.com/seed-2f16ea30/logsieve/internal/streamguard"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server is the service on a real store, a real hub and a real gRPC server.
type server struct {
	loggerv1.LoggerClient

	t       *testing.T
	store   *local.Log
	service *monitor.Service
	pipe    *bufconn.Listener
	callers *callers
	log     *logText
	metrics *prometheus.Registry
	written int
}

type setup struct {
	monitor monitor.Config
	hub     hub.Config
	store   local.Config
	// hold keeps the hub from following the store until it is closed.
	hold chan struct{}
	// history, if not nil, puts something between the service and the store.
	history func(*local.Log) monitor.History
	// level is from which level on the service's log is kept.
	level slog.Level
}

// start runs a server until the test ends.
func start(t *testing.T, change ...func(*setup)) *server {
	t.Helper()
	cfg := setup{
		monitor: monitor.Config{QueueBytes: 1 << 20, ProgressInterval: time.Hour, FirstFilterTimeout: time.Minute, MaxStreams: 100, CursorSecret: []byte("a secret of the tests")},
		hub:     hub.Config{RingEntries: 1000, RingBytes: 1 << 20, Readers: 4},
		store:   local.Config{Dir: t.TempDir()},
	}
	for _, c := range change {
		c(&cfg)
	}
	text := &logText{}
	logger := slog.New(slog.NewTextHandler(text, &slog.HandlerOptions{Level: cfg.level}))
	log, err := local.Open(cfg.store, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	h := hub.New(cfg.hub, log)
	registry := prometheus.NewRegistry()
	history := monitor.History(log)
	if cfg.history != nil {
		history = cfg.history(log)
	}
	service := monitor.New(cfg.monitor, h, history, ingest.NewSink(log, ingest.Limits{}, time.Now),
		monitor.NewMetrics(registry), logger)
	violations := &streamguard.Log{}
	t.Cleanup(func() { violations.Check(t) })
	known := &callers{}
	s := grpcapi.New(grpcapi.Config{MaxMessageBytes: 4 << 20, MaxStreams: 1000}, slog.New(slog.DiscardHandler),
		grpc.ChainStreamInterceptor(streamguard.Server(violations.Add), known.stream), grpc.ChainUnaryInterceptor(known.unary))
	service.Register(s)

	pipe := bufconn.Listen(1 << 16)
	conn, err := grpc.NewClient("passthrough:///test",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return pipe.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithChainStreamInterceptor(streamguard.Client(violations.Add)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if cfg.hold != nil {
			<-cfg.hold
		}
		_ = h.Run(ctx)
	})
	wg.Go(func() { _ = s.Serve(pipe) })
	t.Cleanup(func() {
		_ = conn.Close()
		s.Stop()
		cancel()
		wg.Wait()
		if err := log.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
		if n := counter(t, registry, "logsieve_stream_entries_unaccounted_total"); n != 0 {
			t.Errorf("%v entries are unaccounted for", n)
		}
		if n := h.Queued(); n != 0 {
			t.Errorf("%d bytes are queued for streams that have ended", n)
		}
	})
	return &server{
		LoggerClient: loggerv1.NewLoggerClient(conn), t: t,
		store: log, service: service, pipe: pipe, callers: known, log: text, metrics: registry,
	}
}

// counter returns the value of a counter.
func counter(t *testing.T, registry *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetCounter().GetValue()
		}
	}
	t.Fatalf("there is no metric %s", name)
	return 0
}

// with returns the server for the use of a subtest.
func (s *server) with(t *testing.T) *server {
	t.Helper()
	sub := *s
	sub.t = t
	return &sub
}

// write stores n entries in one call and returns when they are acknowledged. Their
// messages are "entry 1", "entry 2", and so on; every third one is an error, and their
// service is a or b in turn.
func (s *server) write(n int) {
	s.t.Helper()
	req := &loggerv1.WriteEntriesRequest{}
	for range n {
		s.written++
		severity := loggerv1.Severity_INFO
		if s.written%3 == 0 {
			severity = loggerv1.Severity_ERROR
		}
		req.Entries = append(req.Entries, &loggerv1.LogEntry{
			Message: message(s.written), Severity: severity, Service: []string{"b", "a"}[s.written%2],
		})
	}
	resp, err := s.WriteEntries(s.t.Context(), req)
	if err != nil || int(resp.GetAccepted()) != n {
		s.t.Fatalf("wrote %d of %d entries: %v", resp.GetAccepted(), n, err)
	}
}

func message(i int) string { return fmt.Sprintf("entry %d", i) }

// stream is the client's end of a Monitor stream.
type stream struct {
	grpc.BidiStreamingClient[loggerv1.LogFilter, loggerv1.LogEntry]

	t      *testing.T
	cancel context.CancelFunc
}

// monitor opens a stream and sends it filters. It is cancelled when the test ends.
func (s *server) monitor(filters ...*loggerv1.LogFilter) *stream {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	s.t.Cleanup(cancel)
	bidi, err := s.Monitor(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	m := &stream{bidi, s.t, cancel}
	for _, f := range filters {
		m.send(f)
	}
	return m
}

func (m *stream) send(f *loggerv1.LogFilter) {
	m.t.Helper()
	if err := m.Send(f); err != nil {
		m.t.Fatalf("send: %v", err)
	}
}

// next returns the next message, which must come.
func (m *stream) next() *loggerv1.LogEntry {
	m.t.Helper()
	e, err := m.Recv()
	if err != nil {
		m.t.Fatalf("receive: %v", err)
	}
	return e
}

// entries checks that the next messages are the entries with these numbers, matched by
// this revision.
func (m *stream) entries(revision uint32, numbers ...int) {
	m.t.Helper()
	for _, n := range numbers {
		if e := m.next(); e.GetMessage() != message(n) || e.GetFilterRevision() != revision || e.GetNotice() != nil {
			m.t.Fatalf("got %v, want %q of revision %d", e, message(n), revision)
		}
	}
}

// applied returns the next message, which must say that this revision is in force.
func (m *stream) applied(revision uint32) *loggerv1.Applied {
	m.t.Helper()
	e := m.next()
	if a := e.GetNotice().GetApplied(); a.GetRevision() != revision {
		m.t.Fatalf("got %v, want revision %d applied", e, revision)
	}
	return e.GetNotice().GetApplied()
}

// live receives the notices up to the one that says that the stream is live.
func (m *stream) live(revision uint32) {
	m.t.Helper()
	m.applied(revision)
	m.caughtUp(revision)
}

func (m *stream) caughtUp(revision uint32) {
	m.t.Helper()
	if e := m.next(); e.GetNotice().GetCaughtUp().GetRevision() != revision {
		m.t.Fatalf("got %v, want revision %d caught up", e, revision)
	}
}

func all() *loggerv1.LogFilter { return query("") }

func query(q string) *loggerv1.LogFilter { return &loggerv1.LogFilter{Query: q, Notices: true} }

func last(q string, n uint32) *loggerv1.LogFilter {
	return &loggerv1.LogFilter{Query: q, Notices: true, Begin: &loggerv1.LogFilter_Last{Last: n}}
}

func after(cursor string) *loggerv1.LogFilter {
	return &loggerv1.LogFilter{Notices: true, Begin: &loggerv1.LogFilter_AfterCursor{AfterCursor: cursor}}
}

// numbers returns from, from+1, … up to to.
func numbers(from, to int) (all []int) {
	for n := from; n <= to; n++ {
		all = append(all, n)
	}
	return all
}
