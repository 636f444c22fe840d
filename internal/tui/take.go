package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/highlight"
	"github.com/seed-2f16ea30/logsieve/internal/termtext"
)

// take takes what has come.
func (m *model) take(b batch) tea.Cmd {
	m.granted = false
	for _, d := range b {
		switch {
		case d.end:
			return m.end(d.err)
		case d.outage != nil:
			m.takeOutage(d.outage)
		default:
			m.status.outage = nil
			m.takeEntry(d.entry)
		}
	}
	m.settle()
	m.grant()
	return nil
}

// end takes the end of the stream. The screen stays, to be read, unless there never was a
// filter in force: then there is nothing on it.
func (m *model) end(err error) tea.Cmd {
	m.ended = err
	m.status.ended = true
	if m.filter.applied == 0 {
		return tea.Quit
	}
	m.divide("the stream has ended: "+reason(err), true)
	m.settle()
	return nil
}

// reason says in a sentence why a stream broke.
func reason(err error) string {
	if err == nil {
		return "the server has ended it"
	}
	text := status.Convert(err).Message()
	if _, after, ok := strings.Cut(text, "Error while dialing: "); ok {
		text = strings.Trim(after, `"`)
	}
	return termtext.Line(text)
}

func (m *model) takeOutage(o *outage) {
	switch o.attempt {
	case 0:
		m.status.outage = nil
		m.divide("connected again", false)
		return
	case 1:
		m.divide("the connection is lost: "+reason(o.err), true)
	}
	m.status.outage = o
}

func (m *model) takeEntry(e *loggerv1.LogEntry) {
	switch n := e.GetNotice().GetKind().(type) {
	case nil:
		m.status.received++
		m.widen(e)
		m.rows.push(row{entry: e})
	case *loggerv1.Notice_Applied:
		m.takeApplied(n.Applied)
	case *loggerv1.Notice_CaughtUp:
		m.status.live = true
	case *loggerv1.Notice_Progress:
		m.status.matched, m.status.behind = n.Progress.GetMatched(), n.Progress.GetBehind()
	case *loggerv1.Notice_Rejected:
		m.takeRejected(n.Rejected)
	case *loggerv1.Notice_Gap:
		m.status.missed += n.Gap.GetEntries()
		m.divide(fmt.Sprintf("gap: %s entries are missing here (%s)", grouped(n.Gap.GetEntries()), gapReason(n.Gap.GetReason())), true)
	default:
		m.divide(termtext.Line(e.GetMessage()), true)
	}
}

func gapReason(r loggerv1.GapReason) string {
	return strings.ToLower(strings.ReplaceAll(r.String(), "_", " "))
}

// takeApplied takes that a filter is in force. Rows of the one before stay above the
// divider; a screen that follows begins below it.
func (m *model) takeApplied(a *loggerv1.Applied) {
	query, known := m.wire.query(a.GetRevision())
	m.status.live, m.status.behind = false, 0
	m.filter.apply(a, query, known)
	if known {
		f := proto.CloneOf(m.base)
		f.Query = query
		m.marker = highlight.New(f)
	}
	what := termtext.Line(a.GetQuery())
	if what == "" {
		what = "everything"
	}
	m.place.floor = m.divide(fmt.Sprintf("filter %d: %s", a.GetRevision(), what), false)
}

func (m *model) takeRejected(r *loggerv1.Rejected) {
	query, known := m.wire.query(r.GetRevision())
	const superseded = "SUPERSEDED"
	if known && r.GetReason() != superseded {
		m.filter.refuse(r, query)
	}
}

// divide adds a divider, and returns its number.
func (m *model) divide(text string, alarm bool) int {
	return m.rows.push(row{text: text, alarm: alarm})
}

// widen makes room for the name of an entry's service.
func (m *model) widen(e *loggerv1.LogEntry) {
	m.origin = min(max(m.origin, ansi.StringWidth(e.GetService())), maxOrigin)
}
