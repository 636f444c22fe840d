package cli

import (
	"fmt"
	"time"
)

// meter shows a number that grows, on a terminal.
type meter struct {
	console *console
	unit    string
	on      bool
	shown   time.Time
	number  int
}

// meterInterval keeps the meter from costing more than what it counts.
const meterInterval = 200 * time.Millisecond

func newMeter(c *console, unit string) *meter {
	return &meter{console: c, unit: unit, on: isTerminal(c.err)}
}

func (m *meter) set(number int) {
	m.number = number
	if now := m.console.now(); m.on && now.Sub(m.shown) >= meterInterval {
		m.shown = now
		m.show("\r")
	}
}

// finish shows the last number and ends its line.
func (m *meter) finish() {
	if m.on && m.number > 0 {
		m.show("\r")
		m.show("\n")
	}
}

func (m *meter) show(before string) {
	if before == "\n" {
		_, _ = fmt.Fprint(m.console.err, before) // as in notef
		return
	}
	_, _ = fmt.Fprintf(m.console.err, "%s%d %s", before, m.number, m.unit)
}
