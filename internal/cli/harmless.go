package cli

import (
	"strings"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// isHostile tells whether a character does more to a terminal than stand there: control
// characters of both ranges, and those that turn the direction of text around, so that it
// reads differently from what it is. A tab is not among them, nor the joiners that scripts
// and emoji need.
func isHostile(r rune) bool {
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

// appendHarmless appends text with every hostile character replaced by its escape, as in
// \x1b. A line feed is replaced by newline.
func appendHarmless(dst []byte, text, newline string) []byte {
	start := 0
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		broken := r == utf8.RuneError && size == 1
		if !isHostile(r) && !broken {
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

// harmless returns text on one line.
func harmless(text string) string {
	if strings.IndexFunc(text, isHostile) < 0 && utf8.ValidString(text) {
		return text
	}
	return string(appendHarmless(nil, text, `\n`))
}

// harmlessLines returns text whose line feeds are our own.
func harmlessLines(text string) string {
	return string(appendHarmless(nil, text, "\n"))
}

// appendHarmlessJSON appends JSON text in which what is hostile is escaped the way of JSON.
// It can only stand in strings there.
func appendHarmlessJSON(dst, text []byte) []byte {
	start := 0
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf && text[i] != 0x7f {
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if isHostile(r) {
			dst = append(dst, text[start:i]...)
			dst = appendUnicodeEscape(dst, r)
			start = i + size
		}
		i += size
	}
	return append(dst, text[start:]...)
}
