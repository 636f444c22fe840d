package tui

import (
	"fmt"
	"strconv"
	"time"
)

// streamState is what is known of the stream.
type streamState struct {
	received uint64 // entries that came
	matched  uint64 // entries that matched, by the server's count, which lags behind
	missed   uint64 // entries in gaps
	behind   uint64 // entries of the log still to be judged
	live     bool   // what was asked for from the past has come
	outage   *outage
	ended    bool
}

// manyBehind is how far behind a stream is that is no longer called live: more than what
// is on its way at 5,000 entries a second.
const manyBehind = 2000

// state returns one word for the state of the screen, and how it looks.
func (m *model) state() (string, style) {
	s := &m.status
	switch {
	case s.ended:
		return "ENDED", alarmed
	case s.outage != nil:
		return fmt.Sprintf("RECONNECTING (try %d, %s)", s.outage.attempt, s.outage.wait.Round(100*time.Millisecond)), alarmed
	case m.place.held:
		name := "HELD"
		if m.place.paused {
			name = "PAUSED"
		}
		more := ""
		if m.full() {
			more = "+" // and what stays with the server meanwhile
		}
		return fmt.Sprintf("%s %s%s waiting", name, grouped(m.waiting()), more), marked
	case !s.live || s.behind > manyBehind:
		return "CATCHING UP", marked
	}
	return "LIVE", reverse
}

// drawStatus draws the status line. What matters less goes where there is no room.
func (m *model) drawStatus() string {
	s := &m.status
	l := newLine(m.width)
	name, look := m.state()
	l.add(look, " "+name+" ").add(reverse, " ")
	for _, part := range []struct {
		name  string
		value uint64
		alarm bool
	}{
		{"received", s.received, false},
		{"matched", max(s.matched, s.received), false},
		{"missed", s.missed, s.missed > 0},
		{"behind", s.behind, false},
	} {
		text := part.name + " " + grouped(part.value)
		if len(text)+2 > l.left {
			break
		}
		how := reverse
		if part.alarm {
			how = marked
		}
		l.add(how, text).add(reverse, "  ")
	}
	help := "? help  q quit"
	if m.filter.focused {
		help = "F1 help  Esc rows"
	}
	if m.server != "" && len(m.server)+len(help)+4 <= l.left {
		help = m.server + "  " + help
	}
	if gap := l.left - len(help) - 1; gap >= 0 {
		l.add(reverse, fmt.Sprintf("%*s%s ", gap, "", help))
	}
	return l.fill(reverse).String()
}

// grouped returns a number with its thousands apart.
func grouped(n uint64) string {
	text := strconv.FormatUint(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
