package tui

import (
	tea "charm.land/bubbletea/v2"
)

// press does what a key means where the user is.
func (m *model) press(msg tea.KeyPressMsg) tea.Cmd {
	name := msg.String()
	switch name {
	case "ctrl+c":
		return tea.Quit
	case "ctrl+z":
		return tea.Suspend
	}
	switch {
	case m.panel != noPanel:
		return m.pressInPanel(name)
	case m.pressScroll(name):
		return nil
	case m.filter.focused:
		m.pressInFilter(name, msg.Text)
		return nil
	}
	return m.pressInRows(name)
}

// pressScroll does what is the same in the rows and in the filter line.
func (m *model) pressScroll(name string) bool {
	switch name {
	case "pgup":
		m.movePage(-1)
	case "pgdown":
		m.movePage(1)
	case "ctrl+home":
		m.moveToFirst()
	case "ctrl+end":
		m.follow()
	case "f1":
		m.panel, m.scroll = helpPanel, 0
	default:
		return false
	}
	return true
}

func (m *model) pressInRows(name string) tea.Cmd {
	switch name {
	case "q":
		return tea.Quit
	case "/", "i", "tab":
		m.filter.focused = true
	case "esc", "alt+esc":
		m.follow()
	case "space":
		m.pause()
	case "up", "k":
		m.move(-1)
	case "down", "j":
		m.move(1)
	case "b":
		m.movePage(-1)
	case "f":
		m.movePage(1)
	case "g", "home":
		m.moveToFirst()
	case "G", "end":
		m.follow()
	case "enter":
		m.openDetail()
	case "?":
		m.panel, m.scroll = helpPanel, 0
	}
	return nil
}

// openDetail shows the selected entry whole. The screen behind it stands still.
func (m *model) openDetail() {
	if e := m.selectedEntry(); e != nil {
		m.hold()
		m.panel, m.detail, m.scroll = detailPanel, e, 0
	}
}

func (m *model) pressInPanel(name string) tea.Cmd {
	page := max(m.page()-1, 1)
	switch name {
	case "q", "esc", "alt+esc", "enter", "?", "f1":
		m.panel, m.detail = noPanel, nil
		return nil
	case "up", "k":
		m.scroll--
	case "down", "j":
		m.scroll++
	case "pgup", "b":
		m.scroll -= page
	case "pgdown", "space", "f":
		m.scroll += page
	case "home", "g":
		m.scroll = 0
	case "n", "right":
		m.step(1)
	case "p", "left":
		m.step(-1)
	}
	m.scroll = min(max(m.scroll, 0), max(len(m.panelLines())-m.page(), 0))
	return nil
}

// step goes to the next entry, or the one before, with the detail open.
func (m *model) step(by int) {
	if m.panel != detailPanel {
		return
	}
	last := m.rows.next - 1
	for n := m.place.selected; by > 0 && n < last || by < 0 && n > m.rows.first; {
		if by > 0 {
			n++
		} else {
			n--
		}
		if e := m.rows.at(n).entry; e != nil {
			m.place.selected, m.detail, m.scroll = n, e, 0
			m.settle()
			return
		}
	}
}
