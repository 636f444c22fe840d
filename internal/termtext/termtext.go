// Package termtext makes text that others wrote fit to stand on a terminal: it cannot move
// the cursor, change colours, turn the direction of text around, or pass for another line.
//
// Escaping loses nothing that a person needs: what is replaced is shown as its escape, and
// text that does no harm is returned as it is, in every language.
package termtext

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// IsHostile tells whether a character does more to a terminal than stand there: control
// characters of both ranges, and those that turn the direction of text around, so that it
// reads differently from what it is. A tab is not among them, nor the joiners that scripts
// and emoji need.
func IsHostile(r rune) bool {
	switch {
	case r == '\t':
		return false
	case r < ' ', r >= 0x7f && r <= 0x9f:
		return true
	case r == 0x061c, r == 0x200e, r == 0x200f: // direction marks
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // embeddings, overrides, isolates
		return true
	case r == 0x2028, r == 0x2029: // line and paragraph separators
		return true
	}
	return false
}

// Append appends text with every hostile character replaced by its escape, as in
// \x1b. A line feed is replaced by newline.
func Append(dst []byte, text, newline string) []byte {
	start := 0
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		broken := r == utf8.RuneError && size == 1
		if !IsHostile(r) && !broken {
			i += size
			continue
		}
		dst = append(dst, text[start:i]...)
		switch {
		case r == '\n':
			dst = append(dst, newline...)
		case broken:
			dst = appendHexEscape(dst, text[i])
		default:
			dst = appendEscape(dst, r)
		}
		i += size
		start = i
	}
	return append(dst, text[start:]...)
}

func appendEscape(dst []byte, r rune) []byte {
	if r <= 0x7f {
		return appendHexEscape(dst, byte(r&0x7f))
	}
	return appendUnicodeEscape(dst, r)
}

func appendHexEscape(dst []byte, b byte) []byte {
	return append(dst, '\\', 'x', hexDigits[b>>4], hexDigits[b&15])
}

// appendUnicodeEscape appends a character of at most four hexadecimal digits, as Go and
// JSON have it.
func appendUnicodeEscape(dst []byte, r rune) []byte {
	return append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// Line returns text on one line.
func Line(text string) string {
	if strings.IndexFunc(text, IsHostile) < 0 && utf8.ValidString(text) {
		return text
	}
	return string(Append(nil, text, `\n`))
}

// Lines returns text whose line feeds are our own.
func Lines(text string) string {
	return string(Append(nil, text, "\n"))
}

// AppendJSON appends JSON text in which what is hostile is escaped the way of JSON.
// It can only stand in strings there.
func AppendJSON(dst, text []byte) []byte {
	start := 0
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf && text[i] != 0x7f {
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if IsHostile(r) {
			dst = append(dst, text[start:i]...)
			dst = appendUnicodeEscape(dst, r)
			start = i + size
		}
		i += size
	}
	return append(dst, text[start:]...)
}

// Quote quotes like Go, but leaves what is printable in every language as it is.
func Quote(value string) string {
	if strings.IndexFunc(value, IsHostile) >= 0 {
		return strconv.Quote(value)
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}
