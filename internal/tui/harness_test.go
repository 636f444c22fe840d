package tui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// recorder is a wire that notes what the model asks for.
type recorder struct {
	wants   []wish
	queries map[uint32]string
	grants  []int
	asked   int
}

func (r *recorder) want(query string, now bool) {
	r.wants = append(r.wants, wish{query, now})
	r.queries[uint32(len(r.wants)+1)] = query
}

func (r *recorder) query(revision uint32) (string, bool) {
	q, ok := r.queries[revision]
	return q, ok
}

func (r *recorder) grant(n int) { r.grants = append(r.grants, n) }
func (r *recorder) askFields()  { r.asked++ }

// bench is a model with nothing around it.
type bench struct {
	*model
	t    *testing.T
	wire *recorder
}

// newBench returns a model of a screen with the filter of revision 1 in force.
func newBench(t *testing.T, query string) *bench {
	t.Helper()
	b := newBareBench(t, query)
	b.give(&loggerv1.LogEntry{Notice: &loggerv1.Notice{Kind: &loggerv1.Notice_Applied{Applied: &loggerv1.Applied{Revision: 1, Query: query}}}})
	return b
}

func newBareBench(t *testing.T, query string) *bench {
	t.Helper()
	w := &recorder{queries: map[uint32]string{1: query}}
	b := &bench{newModel(Config{Filter: &loggerv1.LogFilter{Query: query}, UTC: true, Server: "s:1"}, w), t, w}
	b.Init()
	b.Update(tea.WindowSizeMsg{Width: 80, Height: 12})
	return b
}

// give delivers entries as one batch.
func (b *bench) give(entries ...*loggerv1.LogEntry) {
	b.t.Helper()
	var all batch
	for _, e := range entries {
		all = append(all, delivery{entry: e})
	}
	b.Update(all)
}

// log delivers n entries, with messages that are numbered from 0.
func (b *bench) log(prefix string, n int) {
	b.t.Helper()
	for i := range n {
		b.give(&loggerv1.LogEntry{Service: "web", Severity: loggerv1.Severity_INFO, Message: fmt.Sprintf("%s %d", prefix, i)})
	}
}

func (b *bench) notice(n *loggerv1.Notice) {
	b.t.Helper()
	b.give(&loggerv1.LogEntry{Message: "a notice", Notice: n})
}

// keys maps names to what a terminal would send for them.
var keys = map[string]tea.KeyPressMsg{
	"enter": {Code: tea.KeyEnter}, "tab": {Code: tea.KeyTab}, "esc": {Code: tea.KeyEscape}, "space": {Code: ' ', Text: " "},
	"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
	"pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown}, "backspace": {Code: tea.KeyBackspace},
	"shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl}, "ctrl+c": {Code: 'c', Mod: tea.ModCtrl},
	"f1": {Code: tea.KeyF1}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd},
}

// press presses keys, by name; whatever is no name is typed.
func (b *bench) press(names ...string) (cmd tea.Cmd) {
	b.t.Helper()
	for _, name := range names {
		if k, ok := keys[name]; ok {
			_, cmd = b.Update(k)
			continue
		}
		for _, r := range name {
			_, cmd = b.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
		}
	}
	return cmd
}

// screen returns what is seen, without colours.
func (b *bench) screen() []string {
	return strings.Split(ansi.Strip(b.View().Content), "\n")
}

// sees fails the test unless a text is on the screen.
func (b *bench) sees(want string) {
	b.t.Helper()
	if !strings.Contains(strings.Join(b.screen(), "\n"), want) {
		b.t.Errorf("%q is not on the screen:\n%s", want, strings.Join(b.screen(), "\n"))
	}
}

// seesNot fails the test if a text is on the screen.
func (b *bench) seesNot(text string) {
	b.t.Helper()
	if strings.Contains(strings.Join(b.screen(), "\n"), text) {
		b.t.Errorf("%q is on the screen:\n%s", text, strings.Join(b.screen(), "\n"))
	}
}

func applied(revision uint32, query string) *loggerv1.Notice {
	return &loggerv1.Notice{Kind: &loggerv1.Notice_Applied{Applied: &loggerv1.Applied{Revision: revision, Query: query}}}
}

func rejected(r *loggerv1.Rejected) *loggerv1.Notice {
	return &loggerv1.Notice{Kind: &loggerv1.Notice_Rejected{Rejected: r}}
}
