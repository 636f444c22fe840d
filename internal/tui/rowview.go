package tui

import (
	"maps"
	"slices"
	"strings"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/termtext"
)

const (
	// maxOrigin bounds the column of services: one with a long name must not push all
	// messages off the screen.
	maxOrigin = 18
	levelSize = 5
	// Narrower than this, the screen has no room for milliseconds, or for the service.
	narrow     = 72
	veryNarrow = 48
)

// drawRow draws a row.
func (m *model) drawRow(n int) string {
	x := m.rows.at(n)
	l := newLine(m.width)
	if m.place.held && n == m.place.selected {
		l.add(bold, ">")
	} else {
		l.add(plain, " ")
	}
	if x.entry == nil {
		return drawDivider(l, x)
	}
	m.drawOrigin(l, x.entry)
	m.drawMessage(l, x.entry.GetMessage())
	drawAttributes(l, x.entry)
	return l.String()
}

func drawDivider(l *line, x *row) string {
	s := divided
	if x.alarm {
		s = missing
	}
	l.add(s, "── "+x.text+" ")
	return l.add(s, strings.Repeat("─", max(l.left, 0))).String()
}

func (m *model) drawOrigin(l *line, e *loggerv1.LogEntry) {
	layout := "15:04:05.000"
	if m.width < narrow {
		layout = "15:04:05"
	}
	at := strings.Repeat(" ", len(layout))
	if e.GetTimestamp() != nil {
		at = e.GetTimestamp().AsTime().In(m.zone).Format(layout)
	}
	l.add(dim, at).add(plain, " ")
	name, s := level(e.GetSeverity())
	l.pad(s, name, levelSize).add(plain, " ")
	if m.width >= veryNarrow && m.origin > 0 {
		l.pad(cyan, termtext.Line(clip(e.GetService())), m.origin).add(plain, " ")
	}
}

// drawMessage draws a message on one line, with what matched marked.
func (m *model) drawMessage(l *line, text string) {
	text = strings.TrimRight(clip(text), "\r\n")
	for piece, on := range m.marker.Pieces(text) {
		s := plain
		if on {
			s = marked
		}
		l.addForeign(s, piece)
	}
}

// drawAttributes draws as many attributes as there is room for.
func drawAttributes(l *line, e *loggerv1.LogEntry) {
	for _, key := range slices.Sorted(maps.Keys(e.GetAttributes())) {
		if l.left <= 0 {
			return
		}
		l.add(plain, " ")
		l.addForeign(dim, clip(key)+"="+clip(e.GetAttributes()[key]))
	}
}

// level returns the name of a severity, and how it looks.
func level(s loggerv1.Severity) (string, style) {
	switch s {
	case loggerv1.Severity_SEVERITY_UNSPECIFIED:
		return "-", plain
	case loggerv1.Severity_FATAL:
		return s.String(), alarmed
	case loggerv1.Severity_ERROR:
		return s.String(), red
	case loggerv1.Severity_WARN:
		return s.String(), yellow
	case loggerv1.Severity_DEBUG, loggerv1.Severity_TRACE:
		return s.String(), dim
	default:
		return s.String(), plain
	}
}
