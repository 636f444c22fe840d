package tui

import (
	"strings"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// filterLine is the filter that is typed, and what the server says to it.
type filterLine struct {
	editor  editor
	focused bool
	// sent is the query that was asked for last.
	sent string

	// applied is the revision in force, 0 while there is none, and canonical its text.
	applied   uint32
	canonical string
	// mistake is why the query that was typed last is refused, nil if it is not.
	mistake *loggerv1.Rejected
	pending bool // the server has not answered to what is typed

	earlier  []string // queries that were in force, the latest last
	recalled int      // how far back the line has been taken from them

	fields     []*loggerv1.Field
	completion completion
}

func newFilterLine(query string) filterLine {
	return filterLine{editor: newEditor(query), focused: true, sent: query, pending: true}
}

// maxEarlier bounds the queries that the arrow keys bring back.
const maxEarlier = 100

// apply takes that a filter is in force.
func (f *filterLine) apply(a *loggerv1.Applied, query string, known bool) {
	f.applied, f.canonical = a.GetRevision(), a.GetQuery()
	if !known {
		return
	}
	if query == f.sent {
		f.mistake, f.pending = nil, false
	}
	if n := len(f.earlier); query != "" && (n == 0 || f.earlier[n-1] != query) {
		f.earlier = append(f.earlier, query)
		f.earlier = f.earlier[max(len(f.earlier)-maxEarlier, 0):]
	}
}

// refuse takes that a filter is refused. One that has been typed over is of no interest.
func (f *filterLine) refuse(r *loggerv1.Rejected, query string) {
	if query == f.sent {
		f.mistake, f.pending = r, false
	}
}

// recall brings an earlier query back: by is 1 for the one before, -1 for the one after.
func (f *filterLine) recall(by int) bool {
	to := f.recalled + by
	if to < 0 || to > len(f.earlier) {
		return false
	}
	f.recalled = to
	if to == 0 {
		f.editor = newEditor("")
		return true
	}
	f.editor = newEditor(f.earlier[len(f.earlier)-to])
	return true
}

// pressInFilter does what a key means while the filter is edited.
func (m *model) pressInFilter(name, text string) {
	f := &m.filter
	if f.completion.open() && f.pressCompleting(name) {
		m.edited(name == "enter")
		return
	}
	f.completion = completion{}
	switch name {
	case "enter":
		m.edited(true)
		f.focused = false
		return
	case "esc", "alt+esc":
		f.focused = false
		return
	case "tab":
		m.wire.askFields() // for the next time; what is known is offered at once
		f.complete()
		m.edited(false)
		return
	case "up", "down":
		by := 1
		if name == "down" {
			by = -1
		}
		if f.recall(by) {
			m.edited(false)
		}
		return
	}
	switch {
	case f.editor.key(name):
	case text != "":
		f.editor.insert(text)
	default:
		return
	}
	f.recalled = 0
	m.edited(false)
}

func (m *model) paste(text string) {
	m.panel, m.filter.focused = noPanel, true
	m.filter.completion = completion{}
	m.filter.editor.insert(text)
	m.edited(false)
}

// edited sends the filter if it has changed. A screen that was held still follows: who
// types a filter wants to see what it does.
func (m *model) edited(now bool) {
	f := &m.filter
	if f.completion.open() {
		return // what is offered is not yet what is meant
	}
	query := f.editor.text
	if !now && midway(query) {
		f.mistake, f.pending = nil, true
		return
	}
	if query == f.sent && (!now || !f.pending) {
		return
	}
	if query != f.sent {
		m.follow()
		f.mistake = nil
	}
	f.sent, f.pending = query, true
	m.wire.want(query, now)
}

// midway tells whether a query ends with an operator: more is about to be typed, and the
// server's answer would only be in the way.
func midway(query string) bool {
	return strings.HasSuffix(query, "=") || strings.HasSuffix(query, ":") || strings.HasSuffix(query, "~") ||
		strings.HasSuffix(query, "<") || strings.HasSuffix(query, ">")
}
