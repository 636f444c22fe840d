package line

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unquote reads text up to the next quote that is not escaped. It returns what it means,
// without a copy if nothing is escaped, and its length with the quote.
func unquote(text string) (value string, length int, ok bool) {
	end := strings.IndexByte(text, '"')
	if end < 0 {
		return "", 0, false
	}
	if strings.IndexByte(text[:end], '\\') < 0 {
		return text[:end], end + 1, true
	}
	b := make([]byte, 0, end+16)
	for i := 0; i < len(text); {
		switch c := text[i]; c {
		case '"':
			return string(b), i + 1, true
		case '\\':
			n := 0
			if b, n = appendEscaped(b, text[i:]); n == 0 {
				return "", 0, false
			}
			i += n
		default:
			b = append(b, c)
			i++
		}
	}
	return "", 0, false
}

// appendEscaped appends what the escape at the beginning of text means, and returns its
// length, 0 if it is none.
func appendEscaped(b []byte, text string) ([]byte, int) {
	if len(text) < 2 {
		return b, 0
	}
	switch c := text[1]; c {
	case '"', '\\', '/', '\'':
		return append(b, c), 2
	case 'b':
		return append(b, '\b'), 2
	case 'f':
		return append(b, '\f'), 2
	case 'n':
		return append(b, '\n'), 2
	case 'r':
		return append(b, '\r'), 2
	case 't':
		return append(b, '\t'), 2
	case 'u':
		return appendUnicode(b, text)
	default:
		return b, 0
	}
}

// appendUnicode appends a \u with its four digits, or two of them that are one character. Half of such a
// pair becomes U+FFFD.
func appendUnicode(b []byte, text string) ([]byte, int) {
	r, ok := hexRune(text)
	if !ok {
		return b, 0
	}
	const escape = len(`\u0000`)
	if utf16.IsSurrogate(r) {
		if low, ok := hexRune(text[escape:]); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return utf8.AppendRune(b, pair), 2 * escape
			}
		}
	}
	return utf8.AppendRune(b, r), escape
}

// hexRune reads a \u with its four digits.
func hexRune(text string) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range []byte(text[2:6]) {
		switch {
		case isDigit(c):
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}
