package tui

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"github.com/seed-2f16ea30/logsieve/internal/termtext"
)

// style is how a piece of text looks: parameters of an ANSI sequence. Colours only repeat
// what the text says.
type style string

const (
	plain    style = ""
	bold     style = "1"
	dim      style = "2"
	reverse  style = "7"
	red      style = "31"
	yellow   style = "33"
	cyan     style = "36"
	alarmed  style = "1;37;41"
	marked   style = "1;30;43"
	mistaken style = "1;4;31"
	divided  style = "1;36"
	missing  style = "1;33"
)

// maxDrawn bounds the bytes of a text that are looked at to draw a line of it: no screen is
// wider, and messages may be hundreds of KiB long.
const maxDrawn = 4096

// line is a line of the screen that is written from left to right and never wider than
// the screen.
type line struct {
	text strings.Builder
	left int // columns
}

func newLine(width int) *line { return &line{left: width} }

// add writes text, which must be harmless, and marks where it had to be cut.
func (l *line) add(s style, text string) *line {
	if l.left <= 0 || text == "" {
		return l
	}
	text = strings.ReplaceAll(text, "\t", " ")
	width := ansi.StringWidth(text)
	if width > l.left {
		text = ansi.Truncate(text, l.left, "…")
		width = l.left
	}
	l.left -= width
	l.text.WriteString(s.render(text))
	return l
}

// addForeign writes text that others wrote.
func (l *line) addForeign(s style, text string) {
	l.add(s, termtext.Line(clip(text)))
}

// pad writes text in a column of its own.
func (l *line) pad(s style, text string, width int) *line {
	if over := ansi.StringWidth(text) - width; over > 0 {
		text = ansi.Truncate(text, width, "…")
	}
	gap := max(width-ansi.StringWidth(text), 0)
	return l.add(s, text).add(plain, strings.Repeat(" ", gap))
}

// fill writes blanks up to the end of the line.
func (l *line) fill(s style) *line { return l.add(s, strings.Repeat(" ", max(l.left, 0))) }

// String returns what was written.
func (l *line) String() string { return l.text.String() }

func (s style) render(text string) string {
	if s == plain {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[m"
}

// clip returns the beginning of a text, as long as a line may need.
func clip(text string) string {
	if len(text) <= maxDrawn {
		return text
	}
	end := maxDrawn
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}
