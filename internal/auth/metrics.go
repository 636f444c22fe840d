package auth

import "github.com/prometheus/client_golang/prometheus"

// Metrics counts who is not let in, and how the access file fares. Make it with
// [NewMetrics].
type Metrics struct {
	refusals, reloads   *prometheus.CounterVec
	broken, unavailable prometheus.Gauge
}

// NewMetrics registers the metrics of authentication.
func NewMetrics(r prometheus.Registerer) *Metrics {
	m := &Metrics{
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "logsieve", Subsystem: "auth", Name: "refused_total",
			Help: "Requests that were not let in, by cause.",
		}, []string{"cause"}),
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "logsieve", Subsystem: "auth", Name: "reloads_total",
			Help: "Times that the access file was read again, by result: applied, or refused as it is wrong.",
		}, []string{"result"}),
		broken: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: "logsieve", Subsystem: "auth", Name: "file_broken",
			Help: "1 while the access file is wrong and an older one is in force, 0 otherwise.",
		}),
		unavailable: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: "logsieve", Subsystem: "auth", Name: "issuers_unavailable",
			Help: "Issuers of JWTs of which no keys could be fetched, so that their tokens cannot be checked.",
		}),
	}
	for _, c := range causes() {
		m.refusals.WithLabelValues(string(c))
	}
	for _, result := range []string{"applied", "refused"} {
		m.reloads.WithLabelValues(result)
	}
	r.MustRegister(m.refusals, m.reloads, m.broken, m.unavailable)
	return m
}

func (m *Metrics) refused(c cause) { m.refusals.WithLabelValues(string(c)).Inc() }

func (m *Metrics) reloaded(err error) {
	if err != nil {
		m.reloads.WithLabelValues("refused").Inc()
		m.broken.Set(1)
		return
	}
	m.reloads.WithLabelValues("applied").Inc()
	m.broken.Set(0)
}
