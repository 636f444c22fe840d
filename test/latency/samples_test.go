package latency

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// samples are the times of one way.
type samples struct {
	name  string
	times []time.Duration
}

// quantile returns the time that a share of all does not exceed.
func (s *samples) quantile(share float64) time.Duration {
	if len(s.times) == 0 {
		return 0
	}
	return s.times[min(int(share*float64(len(s.times))), len(s.times)-1)]
}

// table writes the quantiles of all ways, and how many times those of the first they are.
func table(to io.Writer, all []*samples) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(w, "\tsamples\tp50 ms\tp99 ms\tmax ms\tp50 ratio\tp99 ratio\t") // Flush tells
	for _, s := range all {
		slices.Sort(s.times)
	}
	base := all[0]
	for _, s := range all {
		p50, p99 := s.quantile(0.5), s.quantile(0.99)
		_, _ = fmt.Fprintf(w, "%s\t%d\t%.2f\t%.2f\t%.2f\t%.1f\t%.1f\t\n", s.name, len(s.times),
			milliseconds(p50), milliseconds(p99), milliseconds(s.quantile(1)),
			float64(p50)/float64(base.quantile(0.5)), float64(p99)/float64(base.quantile(0.99)))
	}
	return w.Flush()
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
