package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/bench"
)

// benchProgress shows how far a benchmark is: a bar on a terminal, elsewhere a line for
// each row.
type benchProgress struct {
	console *console
	bar     bool
	row     string // the one that was shown last
}

func newBenchProgress(c *console) *benchProgress {
	return &benchProgress{console: c, bar: isTerminal(c.err)}
}

// show is called by one goroutine at a time.
func (p *benchProgress) show(now bench.Progress) {
	if !p.bar {
		if p.row != now.Row {
			p.row = now.Row
			p.console.notef("measuring %s, %d of %d", now.Row, now.Place, now.Rows)
		}
		return
	}
	p.row = now.Row
	const width = 30
	share := min(float64(now.Done)/float64(now.Total), 1)
	filled := int(share * width)
	left := (now.Total - now.Done).Round(time.Second)
	// There is nobody to tell that standard error cannot be written to.
	_, _ = fmt.Fprintf(p.console.err, "\r\x1b[K%s%s %3.0f %%  %d of %d %s, about %v left",
		strings.Repeat("█", filled), strings.Repeat("░", width-filled), 100*share, now.Place, now.Rows, now.Row, left)
}

// finish clears the bar.
func (p *benchProgress) finish() {
	if p.bar && p.row != "" {
		_, _ = fmt.Fprint(p.console.err, "\r\x1b[K") // as above
	}
}
