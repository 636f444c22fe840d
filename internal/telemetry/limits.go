package telemetry

import "github.com/prometheus/client_golang/prometheus"

// LimitHits counts how often each limit bit.
type LimitHits struct{ hits *prometheus.CounterVec }

// NewLimitHits registers the counter. limits are the keys of the limits that will be told,
// so that each is there with 0 before it bites for the first time.
func NewLimitHits(r prometheus.Registerer, limits ...string) (*LimitHits, error) {
	h := &LimitHits{prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: Namespace, Name: "limit_hits_total",
		Help: "Times that a limit bit, by the key of the limit.",
	}, []string{"limit"})}
	for _, limit := range limits {
		h.hits.WithLabelValues(limit)
	}
	return h, r.Register(h.hits)
}

// Hit counts one time that a limit bit.
func (h *LimitHits) Hit(limit string) { h.hits.WithLabelValues(limit).Inc() }
