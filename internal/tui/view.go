package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/seed-2f16ea30/logsieve/internal/termtext"
)

// prompt stands before the filter.
const prompt = "filter> "

// View draws the screen: the rows or what covers them, and at the bottom the status, the
// filter, and what is to be said about it.
func (m *model) View() tea.View {
	v := tea.View{AltScreen: true, WindowTitle: "logsieve"}
	if m.width <= 0 || m.height <= 0 {
		return v
	}
	lines := m.drawRows()
	if m.panel != noPanel {
		lines = m.drawPanel()
	}
	lines = append(lines, m.bottom()...)
	v.Content = strings.Join(lines[max(len(lines)-m.height, 0):], "\n")
	if m.filter.focused && m.panel == noPanel {
		e, width := &m.filter.editor, m.editorWidth()
		x := m.promptWidth() + e.column(e.cursor) - e.scroll(width)
		v.Cursor = tea.NewCursor(min(x, m.width-1), m.page()+m.filterLine())
	}
	return v
}

// The screen is small if it has no room for everything: then the filter goes last, and
// what is said about it first.
func (m *model) hasStatus() bool { return m.height >= 3 }
func (m *model) hasAnswer() bool { return m.height >= 4 }
func (m *model) hasHint() bool {
	const room = 8 // half of it for rows
	return m.height >= room && m.filter.mistake != nil && !m.filter.completion.open()
}

// filterLine returns which line below the rows the filter is on.
func (m *model) filterLine() int {
	if m.hasStatus() {
		return 1
	}
	return 0
}

// page returns how many rows are seen; it may be 0.
func (m *model) page() int {
	n := m.height - 1
	for _, taken := range []bool{m.hasStatus(), m.hasAnswer()} {
		if taken {
			n--
		}
	}
	return max(n-len(m.hint()), 0)
}

// drawRows draws the rows that are seen and blank lines below them.
func (m *model) drawRows() []string {
	lines := make([]string, 0, m.height)
	for n := m.place.top; n < m.rows.next && len(lines) < m.page(); n++ {
		lines = append(lines, m.drawRow(n))
	}
	if m.rows.empty() && m.page() > 0 {
		lines = append(lines, newLine(m.width).add(dim, " connecting…").String())
	} else if m.status.received == 0 && len(lines) < m.page() {
		lines = append(lines, newLine(m.width).add(dim, " nothing that matches has come yet").String())
	}
	for len(lines) < m.page() {
		lines = append(lines, "")
	}
	return lines
}

// bottom draws what is below the rows.
func (m *model) bottom() []string {
	var lines []string
	if m.hasStatus() {
		lines = append(lines, m.drawStatus())
	}
	lines = append(lines, m.drawFilter())
	if m.hasAnswer() {
		lines = append(lines, m.drawAnswer())
	}
	return append(lines, m.hint()...)
}

// promptWidth returns how wide the prompt is: a very narrow screen has no room for it.
func (m *model) promptWidth() int {
	if m.width < 3*len(prompt) {
		return 0
	}
	return len(prompt)
}

func (m *model) editorWidth() int { return max(m.width-m.promptWidth(), 1) }

// drawFilter draws the filter, with the mistake in it underlined.
func (m *model) drawFilter() string {
	e, width := &m.filter.editor, m.editorWidth()
	text := e.text
	if begin, end, ok := m.mistakeRange(); ok {
		text = text[:begin] + mistaken.render(text[begin:end]) + text[end:]
	}
	from := e.scroll(width)
	look := dim
	if m.filter.focused {
		look = bold
	}
	if text == "" && !m.filter.focused {
		text = dim.render("/ to type a filter")
	}
	return look.render(prompt[:m.promptWidth()]) + ansi.Cut(text, from, from+width)
}

// mistakeRange returns the bytes of the filter that the server points at.
func (m *model) mistakeRange() (begin, end int, ok bool) {
	r := m.filter.mistake
	if r == nil || r.GetField() != "query" || r.GetEnd() == 0 || m.filter.editor.text != m.filter.sent {
		return 0, 0, false
	}
	size := len(m.filter.editor.text)
	begin, end = min(int(r.GetBegin()), size), min(int(r.GetEnd()), size)
	return begin, max(begin, end), true
}

// drawAnswer draws what the server says to the filter, or what completes it.
func (m *model) drawAnswer() string {
	l := newLine(m.width)
	f := &m.filter
	switch {
	case f.completion.open():
		return m.drawCompletion(l)
	case f.mistake != nil && m.hasHint():
		return m.drawCarets(l)
	case f.mistake != nil:
		return l.add(red, termtext.Line(f.mistake.GetMessage())).String()
	case f.pending:
		return l.add(dim, "…").String()
	case f.canonical == "":
		return l.add(dim, "in force: everything").String()
	}
	return l.add(dim, "in force: "+termtext.Line(f.canonical)).String()
}

// drawCarets points at the mistake from below: not every terminal underlines.
func (m *model) drawCarets(l *line) string {
	begin, end, ok := m.mistakeRange()
	if !ok {
		return l.String()
	}
	e := &m.filter.editor
	from := max(m.promptWidth()+e.column(begin)-e.scroll(m.editorWidth()), 0)
	to := max(m.promptWidth()+e.column(end)-e.scroll(m.editorWidth()), from+1)
	return l.add(plain, strings.Repeat(" ", min(from, m.width-1))).add(red, strings.Repeat("^", to-from)).String()
}

// hint returns what is wrong and what would be right, on as many lines as there is room for.
func (m *model) hint() []string {
	if !m.hasHint() {
		return nil
	}
	const most = 3
	r := m.filter.mistake
	text := termtext.Line(r.GetMessage())
	if r.GetHint() != "" {
		text += " (" + termtext.Line(r.GetHint()) + ")"
	}
	lines := strings.Split(ansi.Wrap(text, m.width, ""), "\n")
	lines = lines[:min(len(lines), most)]
	for i, l := range lines {
		lines[i] = red.render(l)
	}
	return lines
}

// drawCompletion draws what is offered, from the one that is chosen on if not all fit.
func (m *model) drawCompletion(l *line) string {
	c := &m.filter.completion
	first, width := c.chosen, 0
	for first > 0 && width+ansi.StringWidth(c.items[first-1])+2 < m.width/2 {
		first--
		width += ansi.StringWidth(c.items[first]) + 2
	}
	for i, item := range c.items[first:] {
		look := plain
		if first+i == c.chosen {
			look = reverse
		}
		l.add(look, item).add(plain, "  ")
	}
	return l.String()
}
