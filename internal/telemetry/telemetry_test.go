package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"go.uber.org/goleak"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/grpclog"
	"google.golang.org/grpc/status"

	"github.com/seed-2f16ea30/logsieve/internal/config"
	"github.com/seed-2f16ea30/logsieve/internal/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestLoggerLevelAndFormat(t *testing.T) {
	for _, tt := range []struct {
		cfg            config.Log
		without, begin string
	}{
		{config.Log{Level: "warn", Format: config.FormatText}, "quiet", "time="},
		{config.Log{Level: "warn", Format: config.FormatJSON}, "quiet", `{"time":`},
		{config.Log{Level: "not a level", Format: config.FormatText}, "hushed", "time="},
	} {
		var out bytes.Buffer
		logger := telemetry.NewLogger(tt.cfg, &out)
		logger.Debug("hushed")
		logger.Info("quiet")
		logger.Warn("loud", "key", 1)
		got := out.String()
		if !strings.HasPrefix(got, tt.begin) || !strings.Contains(got, "loud") || strings.Contains(got, tt.without) {
			t.Errorf("%+v: %s", tt.cfg, got)
		}
	}
}

func scrape(t *testing.T, registry *prometheus.Registry, logger *slog.Logger) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	telemetry.Handler(registry, logger).ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	if recorder.Code != http.StatusOK {
		t.Errorf("status %d: %s", recorder.Code, recorder.Body)
	}
	return recorder.Body.String()
}

func TestRegistry(t *testing.T) {
	registry := telemetry.NewRegistry()
	body := scrape(t, registry, slog.New(slog.DiscardHandler))
	for _, want := range []string{"logsieve_build_info{", "go_goroutines ", "process_resident_memory_bytes "} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not among the metrics", want)
		}
	}
	problems, err := promlint.New(strings.NewReader(body)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, telemetry.Namespace) {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

// broken is a collector whose metric is an error.
type broken struct{}

func (broken) Describe(c chan<- *prometheus.Desc) {
	c <- prometheus.NewDesc("logsieve_broken", "Broken.", nil, nil)
}

func (broken) Collect(c chan<- prometheus.Metric) {
	c <- prometheus.NewInvalidMetric(prometheus.NewDesc("logsieve_broken", "Broken.", nil, nil), errors.New("no luck"))
}

func TestBrokenMetricIsLoggedAndLeftOut(t *testing.T) {
	var out bytes.Buffer
	registry := telemetry.NewRegistry()
	registry.MustRegister(broken{})
	body := scrape(t, registry, slog.New(slog.NewTextHandler(&out, nil)))
	if !strings.Contains(body, "logsieve_build_info{") {
		t.Error("the other metrics are missing")
	}
	if !strings.Contains(out.String(), "no luck") {
		t.Errorf("logged %q", out.String())
	}
}

func TestRedirectGRPC(t *testing.T) {
	var out bytes.Buffer
	handler := slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})
	telemetry.RedirectGRPC(slog.New(handler))
	defer telemetry.RedirectGRPC(slog.New(slog.DiscardHandler))

	for _, tt := range []struct {
		name, want string
		log        func()
	}{
		{"info", "level=DEBUG msg=grpc text=idle", func() { grpclog.Info("idle") }},
		{"warning", `level=DEBUG msg=grpc text="odd 1"`, func() { grpclog.Warningf("odd %d\n", 1) }},
		{"error", `level=ERROR msg=grpc text="broken pipe work"`, func() { grpclog.Errorln("broken pipe work") }},
		{"a real error", "level=ERROR", func() { grpclog.Errorf("Failed: %v", errors.New("disk")) }},
		{"cancelled", "level=DEBUG", func() { grpclog.Errorf("Failed: %v", context.Canceled) }},
		{"cancelled status", "level=DEBUG", func() { grpclog.Errorf("Failed: %v", status.Error(codes.Canceled, "gone")) }},
		{"a limit", "level=DEBUG", func() { grpclog.Errorf("Failed: %v", status.Error(codes.ResourceExhausted, "too many streams")) }},
		{"our own fault", "level=ERROR", func() { grpclog.Errorf("Failed: %v", status.Error(codes.Internal, "oops")) }},
		{"reset, wrapped", "level=DEBUG", func() { grpclog.Errorf("Failed: %v", fmt.Errorf("write: %w", syscall.ECONNRESET)) }},
	} {
		out.Reset()
		tt.log()
		if !strings.Contains(out.String(), tt.want) {
			t.Errorf("%s: logged %q, want %q", tt.name, out.String(), tt.want)
		}
	}
	if grpclog.V(1) {
		t.Error("gRPC is verbose")
	}
}
