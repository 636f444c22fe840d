package tui

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/seed-2f16ea30/logsieve/internal/termtext"
)

const helpText = `The filter line
  type           the filter is sent as you type; a mistake leaves the old one running
  Tab            complete a field or, behind = : and so on, a value; again for the next
  Up, Down       earlier filters
  Enter          send now, and go to the rows
  Esc            go to the rows
  Ctrl-U Ctrl-W  clear the line, the word
  PgUp, PgDn     scroll the rows

The rows
  /              go to the filter line
  Space          pause, and go on
  Up, Down, j, k select a row; the screen stands still until the end is reached
  PgUp, PgDn     scroll
  g, G           to the oldest row; to the newest, and follow
  Enter          the whole entry; there: n and p for the next and the one before
  Esc            follow again
  ? or F1        this help
  q, Ctrl-C      quit

Filters
  timeout                        the message contains it, in any case
  severity>=ERROR service=api-*  fields; white space is AND
  -healthz                       not
  message=~"\d+ ms"              a regular expression
  attributes.user_id=42`

// panelLines returns the lines of what covers the rows.
func (m *model) panelLines() []string {
	if m.panel == detailPanel {
		return m.detailLines()
	}
	return strings.Split(helpText, "\n")
}

// drawPanel draws the lines of the panel that are seen, and blank ones below them.
func (m *model) drawPanel() []string {
	all, page := m.panelLines(), m.page()
	m.scroll = min(m.scroll, max(len(all)-page, 0)) // the screen may have grown
	lines := make([]string, 0, m.height)
	for _, text := range all[m.scroll:min(m.scroll+page, len(all))] {
		lines = append(lines, ansi.Truncate(text, m.width, "…"))
	}
	for len(lines) < page {
		lines = append(lines, "")
	}
	return lines
}

// detailLines returns an entry, whole.
func (m *model) detailLines() []string {
	e := m.detail
	d := detail{width: m.width}
	name, look := level(e.GetSeverity())
	if e.GetSeverityNumber() != 0 {
		name += " (" + strconv.Itoa(int(e.GetSeverityNumber())) + ")"
	}
	d.add("time", plain, m.timeOf(e.GetTimestamp()))
	d.add("observed", plain, m.timeOf(e.GetObservedTimestamp()))
	d.add("severity", look, name)
	d.add("service", cyan, e.GetService())
	d.add("host", plain, e.GetHost())
	d.add("trace_id", plain, e.GetTraceId())
	d.add("span_id", plain, e.GetSpanId())
	d.add("cursor", dim, e.GetCursor())
	d.add("filter", dim, strconv.Itoa(int(e.GetFilterRevision())))
	d.lines = append(d.lines, "")
	d.wrap(0, m.mark(e.GetMessage()))
	d.lines = append(d.lines, "")
	for _, key := range slices.Sorted(maps.Keys(e.GetAttributes())) {
		d.add(key, plain, e.GetAttributes()[key])
	}
	return d.lines
}

func (m *model) timeOf(t *timestamppb.Timestamp) string {
	if t == nil {
		return ""
	}
	return t.AsTime().In(m.zone).Format(time.RFC3339Nano)
}

// mark returns a message of several lines, with what matched marked.
func (m *model) mark(text string) string {
	var b strings.Builder
	for piece, on := range m.marker.Pieces(text) {
		piece = termtext.Lines(strings.ReplaceAll(piece, "\r\n", "\n"))
		if on {
			piece = marked.render(piece)
		}
		b.WriteString(piece)
	}
	return b.String()
}

// detail gathers lines.
type detail struct {
	width int
	lines []string
}

// maxDetail bounds the lines of a detail: the largest entries are thousands of lines, and
// they are laid out again for each frame.
const maxDetail = 2000

// add adds a field, unless it is empty.
func (d *detail) add(name string, s style, value string) {
	if value == "" {
		return
	}
	const column = 12
	label := termtext.Line(name)
	if n := ansi.StringWidth(label); n < column {
		label += strings.Repeat(" ", column-n)
	}
	d.wrap(2, dim.render(label)+" "+s.render(termtext.Lines(value)))
}

// wrap adds text on as many lines as it takes, all but the first of them indented.
func (d *detail) wrap(indent int, text string) {
	width := max(d.width-indent, 1)
	text = ansi.Hardwrap(strings.ReplaceAll(text, "\t", "    "), width, true)
	for i, l := range strings.Split(text, "\n") {
		if len(d.lines) >= maxDetail {
			return
		}
		if i > 0 {
			l = strings.Repeat(" ", indent) + l
		}
		d.lines = append(d.lines, l)
	}
	if len(d.lines) == maxDetail {
		d.lines = append(d.lines, fmt.Sprintf("… only %d lines are shown", maxDetail))
	}
}
