package line

import (
	"encoding/json"
	"strings"
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
