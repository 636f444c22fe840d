package telemetry

import (
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/seed-2f16ea30/logsieve/internal/version"
)

// Namespace begins the name of every metric of ours.
const Namespace = "logsieve"

// NewRegistry returns a registry of its own, not the global one, so that two servers in
// one process (as tests run them) count apart. It has the metrics of the Go runtime and
// the process, and logsieve_build_info.
func NewRegistry() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace: Namespace,
		Name:      "build_info",
		Help:      "Always 1; the labels tell which build this is.",
		ConstLabels: prometheus.Labels{
			"version": version.String(), "revision": version.Revision(), "goversion": version.Go(),
		},
	})
	build.Set(1)
	registry.MustRegister(
		build,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return registry
}

// maxScrapes is how many scrapes are answered at a time: a scraper that repeats itself
// because answers are slow must not make them slower.
const maxScrapes = 4

// Handler serves the metrics of a registry in the formats of Prometheus. A metric that
// cannot be collected is logged and left out; the others are served.
func Handler(registry *prometheus.Registry, logger *slog.Logger) http.Handler {
	return promhttp.InstrumentMetricHandler(registry, promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		ErrorLog:            scrapeLog{logger},
		ErrorHandling:       promhttp.ContinueOnError,
		MaxRequestsInFlight: maxScrapes,
		EnableOpenMetrics:   true,
	}))
}

// scrapeLog is promhttp's idea of a logger.
type scrapeLog struct{ logger *slog.Logger }

var _ promhttp.Logger = scrapeLog{}

func (l scrapeLog) Println(v ...any) {
	l.logger.Warn("metrics cannot be collected", "error", line(v))
}
