package monitor_test

import (
	"testing"
	"testing/synctest"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// TestPeaksAreTold has a stream whose client does not read: when it has ended, the metrics
// say how much it held in both directions.
func TestPeaksAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const queue = 64 << 10
		s := start(t, func(c *setup) {
			c.monitor.QueueBytes = queue
			c.monitor.FilterUpdates, c.monitor.FilterBurst = 1, 1
		})
		m := s.monitor(all())
		m.live(1)
		for range 20 {
			writeLarge(s, 20)
		}
		for range 30 {
			m.send(query("severity>=")) // wait to be answered
		}
		synctest.Wait()
		m.cancel()
		synctest.Wait()
		for name, bounds := range map[string]struct{ least, most float64 }{
			"logsieve_stream_peak_outbound_bytes": {queue / 2, queue + 8<<10},
			"logsieve_stream_peak_inbound_bytes":  {30 * 100, 30 * 1000},
		} {
			h := histogram(t, s.metrics, name)
			if h.GetSampleCount() != 1 || h.GetSampleSum() < bounds.least || h.GetSampleSum() > bounds.most {
				t.Errorf("%s: %v of %d streams, want one of %v to %v", name, h.GetSampleSum(), h.GetSampleCount(), bounds.least, bounds.most)
			}
		}
	})
}

// histogram returns the values of a histogram.
func histogram(t *testing.T, registry *prometheus.Registry, name string) *dto.Histogram {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetHistogram()
		}
	}
	t.Fatalf("there is no metric %s", name)
	return nil
}
