package monitor

import "github.com/prometheus/client_golang/prometheus"

// Metrics counts what streams do. Make it with [NewMetrics].
type Metrics struct {
	streams                                     prometheus.Gauge
	applied, rejected, delivered, sampled, fell prometheus.Counter
	unaccounted                                 prometheus.Counter
}

// NewMetrics registers the metrics of the service.
func NewMetrics(r prometheus.Registerer) *Metrics {
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Namespace: "logsieve", Subsystem: "stream", Name: name, Help: help})
		r.MustRegister(c)
		return c
	}
	m := &Metrics{
		streams: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: "logsieve", Subsystem: "stream", Name: "open", Help: "Streams that are open.",
		}),
		applied:   counter("filters_applied_total", "Filters put in force."),
		rejected:  counter("filters_rejected_total", "Filters refused on a running stream, superseded ones included."),
		delivered: counter("entries_delivered_total", "Entries sent, over all streams."),
		sampled:   counter("entries_sampled_out_total", "Entries left out above the rate that a filter or the server allows, over all streams."),
		unaccounted: counter("entries_unaccounted_total",
			"Entries that matched and were neither delivered, nor told as a gap, nor on their way when their stream ended. Anything but 0 is a bug."),
		fell: counter("fell_behind_total", "Times that a live stream was too slow and went back to reading the store."),
	}
	r.MustRegister(m.streams)
	return m
}
