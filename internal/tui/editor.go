package tui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/rivo/uniseg"

	"github.com/seed-2f16ea30/logsieve/internal/termtext"
)

// maxQuery is the most bytes that a server takes for a query.
const maxQuery = 4096

// editor is a line of text that is edited. It moves by what a person calls a character.
type editor struct {
	text   string
	cursor int // a byte of text, at the beginning of a character or the end
}

func newEditor(text string) editor {
	text = typed(text)
	return editor{text: text, cursor: len(text)}
}

// typed returns text as it may stand in the line: on one line, and harmless.
func typed(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return ' '
		case termtext.IsHostile(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
}

// insert inserts text at the cursor, as much as there is room for.
func (e *editor) insert(text string) {
	text = typed(text)
	if over := len(e.text) + len(text) - maxQuery; over > 0 {
		keep := max(len(text)-over, 0)
		for keep > 0 && !utf8.RuneStart(text[keep]) {
			keep--
		}
		text = text[:keep]
	}
	e.replace(e.cursor, e.cursor, text)
}

// replace replaces the bytes begin to end, and puts the cursor behind what it put there.
func (e *editor) replace(begin, end int, text string) {
	e.text = e.text[:begin] + text + e.text[end:]
	e.cursor = begin + len(text)
}

// before returns the beginning of the character before the cursor.
func (e *editor) before() int {
	at := 0
	for rest := e.text[:e.cursor]; rest != ""; {
		cluster, after, _, _ := uniseg.FirstGraphemeClusterInString(rest, -1)
		if after == "" {
			return at
		}
		at += len(cluster)
		rest = after
	}
	return at
}

// behind returns the end of the character at the cursor.
func (e *editor) behind() int {
	cluster, _, _, _ := uniseg.FirstGraphemeClusterInString(e.text[e.cursor:], -1)
	return e.cursor + len(cluster)
}

// wordBefore returns the beginning of the word before the cursor.
func (e *editor) wordBefore() int {
	text := strings.TrimRightFunc(e.text[:e.cursor], isBreak)
	i := strings.LastIndexFunc(text, isBreak)
	if i < 0 {
		return 0
	}
	_, size := utf8.DecodeRuneInString(text[i:])
	return i + size
}

// wordBehind returns the end of the word behind the cursor.
func (e *editor) wordBehind() int {
	text := e.text[e.cursor:]
	word := strings.TrimLeftFunc(text, isBreak)
	i := strings.IndexFunc(word, isBreak)
	if i < 0 {
		return len(e.text)
	}
	return e.cursor + len(text) - len(word) + i
}

// isBreak tells where words end: conditions are longer than what one wants to take out of
// them.
func isBreak(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`()"'=<>!:~`, r) }

// key does what a key means to the line, and tells whether it means something.
func (e *editor) key(name string) bool {
	switch name {
	case "left", "ctrl+b":
		e.cursor = e.before()
	case "right", "ctrl+f":
		e.cursor = e.behind()
	case "alt+b", "ctrl+left", "alt+left":
		e.cursor = e.wordBefore()
	case "alt+f", "ctrl+right", "alt+right":
		e.cursor = e.wordBehind()
	case "home", "ctrl+a":
		e.cursor = 0
	case "end", "ctrl+e":
		e.cursor = len(e.text)
	case "backspace", "ctrl+h":
		e.replace(e.before(), e.cursor, "")
	case "delete":
		e.replaceBehind(e.behind())
	case "ctrl+w", "alt+backspace":
		e.replace(e.wordBefore(), e.cursor, "")
	case "alt+d":
		e.replaceBehind(e.wordBehind())
	case "ctrl+u":
		e.replace(0, e.cursor, "")
	case "ctrl+k":
		e.replaceBehind(len(e.text))
	default:
		return false
	}
	return true
}

func (e *editor) replaceBehind(end int) { e.replace(e.cursor, end, "") }

// column returns how many columns are before a byte of the text.
func (e *editor) column(at int) int { return ansi.StringWidth(e.text[:min(at, len(e.text))]) }

// scroll returns how many columns are out of sight on the left, in a line so wide.
func (e *editor) scroll(width int) int { return max(e.column(e.cursor)-max(width, 1)+1, 0) }
