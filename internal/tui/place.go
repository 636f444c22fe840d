package tui

import loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"

// place is which rows are seen. Rows are named by their numbers.
type place struct {
	// held is set while the screen stands still; otherwise it follows the newest row.
	held bool
	// paused is set while it was told to stand still: it then does not follow when the
	// newest row is reached.
	paused bool
	top    int // the first row that is seen
	// selected is the row that the keys are about, while held.
	selected int
	// floor is the divider of the filter in force. A screen that follows shows nothing
	// above it: those rows are of another filter.
	floor int
	// receivedAt is how many entries had been received when the screen stopped.
	receivedAt uint64
}

// settle makes the place fit the rows and the size of the screen, after either changed.
func (m *model) settle() {
	p, page := &m.place, m.page()
	if m.rows.empty() {
		return
	}
	p.floor = max(p.floor, m.rows.first)
	last := m.rows.next - 1
	if !p.held {
		p.top, p.selected = p.floor, last
		if m.rows.next > page {
			p.top = max(p.floor, m.rows.next-page)
		}
		return
	}
	p.top = max(p.top, m.rows.first)
	p.selected = min(max(p.selected, m.rows.first), last)
	if p.selected < p.top {
		p.top = p.selected
	}
	if p.selected >= p.top+page {
		p.top = p.selected - page + 1
	}
}

// hold makes the screen stand still.
func (m *model) hold() {
	if m.place.held || m.rows.empty() {
		return
	}
	m.place.held, m.place.receivedAt = true, m.status.received
}

// follow lets the screen follow the newest row again.
func (m *model) follow() {
	m.place.held, m.place.paused = false, false
	m.settle()
	m.grant()
}

// waiting returns how many entries have come since the screen stands still.
func (m *model) waiting() uint64 { return m.status.received - m.place.receivedAt }

// move moves the selection by rows, and the screen with it.
func (m *model) move(by int) {
	if m.rows.empty() {
		return
	}
	m.hold()
	p := &m.place
	last := m.rows.next - 1
	switch {
	case p.selected+by > last && !p.paused:
		m.follow() // beyond the newest
		return
	default:
		p.selected = min(max(p.selected+by, m.rows.first), last)
	}
	m.settle()
	m.grant()
}

// movePage moves by a screen. Other than move it keeps the selected row at its height.
func (m *model) movePage(by int) {
	if m.rows.empty() {
		return
	}
	m.hold()
	p, step := &m.place, max(m.page()-1, 1)
	if by > 0 {
		p.top = min(p.top+step, max(p.top, m.rows.next-step-1))
		m.move(step)
		return
	}
	p.top -= min(step, p.top-m.rows.first)
	m.move(-step)
}

// moveToFirst moves to the oldest row.
func (m *model) moveToFirst() { m.move(m.rows.first - m.rows.next) }

// pause stops the screen, or lets it follow again.
func (m *model) pause() {
	if m.place.held {
		m.follow()
		return
	}
	m.hold()
	m.place.paused = m.place.held
}

// selected returns the entry that the keys are about, nil if that is none.
func (m *model) selectedEntry() *loggerv1.LogEntry {
	if m.rows.empty() {
		return nil
	}
	return m.rows.at(m.place.selected).entry
}
