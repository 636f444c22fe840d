package tui

import (
	"regexp"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"google.golang.org/protobuf/types/known/timestamppb"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/termtext"
)

var hostileEntry = &loggerv1.LogEntry{
	Timestamp: timestamppb.Now(), Severity: loggerv1.Severity_FATAL, Service: "\x1b]0;title\x07日本語の長いサービス名",
	Message:    "\x1b[2J\u009b31m \u202egnp.exe\t👩‍👩‍👧\r\n\xff forged",
	Attributes: map[string]string{"k\x1b[H": "\x1b[31m", "z": strings.Repeat("日本", 3000)},
}

// colours are the only sequences that may be in what is drawn.
var colours = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// Whatever the size and whatever is shown, nothing is drawn outside the screen, and
// nothing that entries hold acts on the terminal.
func TestNothingIsDrawnOutsideTheScreen(t *testing.T) {
	states := map[string]func(*bench){
		"rows":   func(*bench) {},
		"held":   func(b *bench) { b.press("pgup") },
		"detail": func(b *bench) { b.press("esc", "enter", "pgdown") },
		"help":   func(b *bench) { b.press("f1") },
		"offer": func(b *bench) {
			b.Update(fieldsKnown{field("service", hostileEntry.GetService(), "other\x1b[H", "third")})
			b.press("service=", "tab")
		},
		"mistake": func(b *bench) {
			b.press(strings.Repeat("日本 ", 40) + "oops")
			b.notice(rejected(&loggerv1.Rejected{
				Revision: uint32(len(b.wire.wants)) + 1, Field: "query", Begin: 3, End: 9000,
				Message: "\x1b[31mno " + strings.Repeat("reason ", 30), Hint: "\x07",
			}))
		},
		"gap": func(b *bench) {
			b.notice(&loggerv1.Notice{Kind: &loggerv1.Notice_Gap{Gap: &loggerv1.Gap{Entries: 1 << 60}}})
		},
		"ended": func(b *bench) { b.Update(batch{{end: true}}) },
	}
	for name, prepare := range states {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, "forged")
			for range 20 {
				b.give(hostileEntry)
			}
			prepare(b)
			for _, width := range []int{0, 1, 2, 7, 20, 40, 47, 80, 300} {
				for _, height := range []int{0, 1, 2, 3, 4, 5, 7, 8, 24, 90} {
					b.Update(tea.WindowSizeMsg{Width: width, Height: height})
					checkScreen(t, b.View(), width, height)
				}
			}
		})
	}
}

func checkScreen(t *testing.T, v tea.View, width, height int) {
	t.Helper()
	lines := strings.Split(v.Content, "\n")
	if height > 0 && width > 0 && len(lines) > height {
		t.Errorf("%d lines on a screen of %d×%d", len(lines), width, height)
	}
	for _, l := range lines {
		if w := ansi.StringWidth(l); w > width {
			t.Errorf("%d columns on a screen of %d×%d: %q", w, width, height, l)
		}
		if bare := colours.ReplaceAllString(l, ""); strings.ContainsFunc(bare, termtext.IsHostile) {
			t.Errorf("on a screen of %d×%d: %q", width, height, bare)
		}
	}
	if c := v.Cursor; c != nil && (c.X < 0 || c.X >= width || c.Y < 0 || c.Y >= height) {
		t.Errorf("the cursor is at %d, %d on a screen of %d×%d", c.X, c.Y, width, height)
	}
}

func TestWhatMatchedIsMarked(t *testing.T) {
	b := newBench(t, "time -out")
	b.give(&loggerv1.LogEntry{Message: "Timeout"})
	if !strings.Contains(b.View().Content, marked.render("Time")+"out") {
		t.Errorf("the screen is %q", b.View().Content)
	}
}

func TestRowsAreAligned(t *testing.T) {
	b := newBench(t, "")
	at := timestamppb.New(timestamppb.Now().AsTime().Truncate(1e9))
	b.give(
		&loggerv1.LogEntry{Timestamp: at, Severity: loggerv1.Severity_WARN, Service: "checkout", Message: "one", Attributes: map[string]string{"b": "2", "a": "1"}},
		&loggerv1.LogEntry{Message: "two"},
	)
	clock := at.AsTime().Format("15:04:05.000")
	want := []string{" " + clock + " WARN  checkout one a=1 b=2", "              -              two"}
	for i, line := range want {
		if got := b.screen()[i+1]; got != line {
			t.Errorf("got  %q\nwant %q", got, line)
		}
	}
}

func TestEditing(t *testing.T) {
	tests := map[string]struct {
		text string
		keys []string
		want string // with | at the cursor
	}{
		"by character":     {"a👩‍👩‍👧é", []string{"left", "left"}, "a|👩‍👩‍👧é"},
		"backspace":        {"a👩‍👩‍👧", []string{"backspace"}, "a|"},
		"word":             {"severity>=ERROR x", []string{"ctrl+w", "ctrl+w"}, "severity>=|"},
		"ends":             {"abc", []string{"ctrl+a", "delete", "ctrl+e", "ctrl+b", "ctrl+k"}, "b|"},
		"words forth":      {"one two", []string{"home", "alt+f", "alt+d"}, "one|"},
		"words back":       {"one two", []string{"alt+b", "ctrl+u"}, "|two"},
		"at the ends":      {"", []string{"left", "right", "backspace", "delete", "alt+b", "alt+f", "ctrl+w"}, "|"},
		"far to the right": {"x", []string{"right", "right"}, "x|"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			e := newEditor(test.text)
			for _, k := range test.keys {
				if !e.key(k) {
					t.Errorf("%s means nothing", k)
				}
			}
			if got := e.text[:e.cursor] + "|" + e.text[e.cursor:]; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
