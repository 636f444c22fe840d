package monitor

import "github.com/prometheus/client_golang/prometheus"

// Metrics counts what streams do. Make it with [NewMetrics].
type Metrics struct {
	streams                                     prometheus.Gauge
	applied, rejected, delivered, sampled, fell prometheus.Counter
	unaccounted                                 prometheus.Counter
	outbound, inbound                           prometheus.Histogram
}

// NewMetrics registers the metrics of the service.
func NewMetrics(r prometheus.Registerer) *Metrics {
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Namespace: "logsieve", Subsystem: "stream", Name: name, Help: help})
		r.MustRegister(c)
		return c
	}
	histogram := func(name, help string, buckets ...float64) prometheus.Histogram {
		h := prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "logsieve", Subsystem: "stream", Name: name, Help: help, Buckets: buckets})
		r.MustRegister(h)
		return h
	}
	const kib = 1 << 10
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
		outbound: histogram("peak_outbound_bytes", "The most that a stream held of entries to be sent, told when it ends.",
			4*kib, 16*kib, 64*kib, 256*kib, 512*kib, 1024*kib, 4096*kib),
		inbound: histogram("peak_inbound_bytes", "The most that a stream held of filters that had come and were not in force yet, told when it ends.",
			kib/4, kib, 4*kib, 16*kib, inboxBytes),
		fell: counter("fell_behind_total", "Times that a live stream was too slow and went back to reading the store."),
	}
	r.MustRegister(m.streams)
	return m
}
