package line

import (
	"encoding/json"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth and maxName bound the flattening of objects; what is deeper, or would have a
// longer name before its own, stays JSON text. Loggers stay far below both. A line of 256
// KiB could otherwise have a name of half of it written out for ten thousand members.
const (
	maxDepth = 16
	maxName  = 512
)

// readJSON reads a line that is one JSON object into fields. It returns false if the line
// is anything else.
//
// encoding/json takes eight times as long to read a line of zap into a map, with 49
// allocations against the 2 of the whole entry: see BenchmarkEncodingJSON.
func (r *record) readJSON(text string) bool {
	s := jsonScanner{text: text, record: r}
	if !s.object("", 1, false) {
		return false
	}
	s.space()
	return s.at == len(text)
}

type jsonScanner struct {
	text   string
	at     int
	record *record
}

func (s *jsonScanner) space() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// accept skips space and then c, if it is there.
func (s *jsonScanner) accept(c byte) bool {
	s.space()
	if s.at < len(s.text) && s.text[s.at] == c {
		s.at++
		return true
	}
	return false
}

// object reads an object whose members get prefix before their names.
func (s *jsonScanner) object(prefix string, depth int, attributes bool) bool {
	if !s.accept('{') {
		return false
	}
	if s.accept('}') {
		if prefix != "" {
			s.record.add(prefix, "{}", false, attributes)
		}
		return true
	}
	for {
		s.space()
		key, ok := s.string()
		if !ok || !s.accept(':') {
			return false
		}
		if prefix != "" {
			key = prefix + "." + key
		}
		if !s.member(key, depth, attributes) {
			return false
		}
		if s.accept('}') {
			return true
		}
		if !s.accept(',') {
			return false
		}
	}
}

// member reads the value of a member and adds it to the record.
func (s *jsonScanner) member(key string, depth int, attributes bool) bool {
	s.space()
	if s.at == len(s.text) {
		return false
	}
	switch c := s.text[s.at]; {
	case c == '"':
		value, ok := s.string()
		s.record.add(key, value, true, attributes)
		return ok
	case c == '{' && key == "attributes" && depth == 1:
		return s.object("", depth+1, true)
	case c == '{' && depth < maxDepth && len(key) <= maxName:
		return s.object(key, depth+1, attributes)
	case c == '{' || c == '[':
		value, ok := s.composite()
		s.record.add(key, value, false, attributes)
		return ok
	default:
		value, ok := s.literal()
		if value != "null" {
			s.record.add(key, value, false, attributes)
		}
		return ok
	}
}

// literal reads a number, true, false or null.
func (s *jsonScanner) literal() (string, bool) {
	start := s.at
	for s.at < len(s.text) && isLiteral(s.text[s.at]) {
		s.at++
	}
	value := s.text[start:s.at]
	switch value {
	case "true", "false", "null":
		return value, true
	}
	if value == "" || (value[0] != '-' && !isDigit(value[0])) {
		return "", false
	}
	return value, isDigit(value[len(value)-1]) && strings.Trim(value, "+-.0123456789eE") == ""
}

func isLiteral(c byte) bool {
	return isDigit(c) || isLetter(c) || c == '+' || c == '-' || c == '.'
}

// composite returns an array or object as the text that it is.
func (s *jsonScanner) composite() (string, bool) {
	start, depth := s.at, 0
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		case '"':
			if _, ok := s.string(); !ok {
				return "", false
			}
			continue
		}
		s.at++
		if depth == 0 {
			value := s.text[start:s.at]
			return value, json.Valid([]byte(value))
		}
	}
	return "", false
}

// string reads a string. Control characters in it are let pass: some loggers write them,
// and the line is worth more parsed than refused.
func (s *jsonScanner) string() (string, bool) {
	if s.at == len(s.text) || s.text[s.at] != '"' {
		return "", false
	}
	s.at++
	value, length, ok := unquote(s.text[s.at:])
	s.at += length
	return value, ok
}

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

// appendUnicode appends a \uXXXX, or two of them that are one character. Half of such a
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

// hexRune reads a \uXXXX.
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
