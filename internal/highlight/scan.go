package highlight

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// patterns returns what a query looks for in the message, as regular expressions.
//
// It reads tokens, not a tree: what is to be marked follows from a token, the one before
// it, and how deep in parentheses it stands. The server's parser would refuse what is half
// typed, and would have to be part of every client.
func patterns(query string) []string {
	s := scanner{rest: query, negated: never}
	var found []string
	for s.next() {
		if p := s.pattern(); p != "" {
			found = append(found, p)
		}
	}
	return found
}

// never is a depth that no parenthesis has.
const never = int(^uint(0) >> 1)

// scanner reads a query token by token.
type scanner struct {
	rest  string
	token string // its text, without quotes
	// quoted tells that the token was in quotes, and has no other meaning than its text.
	quoted bool
	// not tells that the token is behind a NOT or a "-".
	not   bool
	depth int // of parentheses
	// negated is the depth from which on everything is negated.
	negated int
}

// operators, the longer ones first.
var operators = []string{"!=", "=~", "!~", "<=", ">=", "=", "<", ">", ":"}

// next reads a token that stands for a condition or begins one. It is false at the end.
func (s *scanner) next() bool {
	s.not = false
	for {
		s.rest = strings.TrimLeftFunc(s.rest, unicode.IsSpace)
		switch {
		case s.rest == "":
			return false
		case s.rest[0] == '-' && len(s.rest) > 1:
			s.rest, s.not = s.rest[1:], true
		case s.rest[0] == '(':
			s.open()
		case s.rest[0] == ')':
			s.close()
		default:
			s.read()
			if s.quoted || s.token != "AND" && s.token != "OR" && s.token != "NOT" {
				return true
			}
			s.not = s.token == "NOT"
		}
	}
}

func (s *scanner) open() {
	s.rest = s.rest[1:]
	s.depth++
	if s.not && s.negated == never {
		s.negated = s.depth
	}
	s.not = false
}

func (s *scanner) close() {
	s.rest, s.not = s.rest[1:], false
	if s.depth == s.negated {
		s.negated = never
	}
	s.depth--
}

// pattern returns what the condition that begins with the token marks in a message.
func (s *scanner) pattern() string {
	field, negated := s.token, s.not || s.depth >= s.negated
	operator := s.operator()
	if operator == "" {
		if negated || s.isFunction(field) {
			return ""
		}
		return literal(field)
	}
	if strings.HasPrefix(s.rest, "(") { // a list of values of a field
		s.skipList()
		return ""
	}
	s.read()
	switch {
	case negated || field != "message":
		return ""
	case operator == "=~":
		return expression(s.token)
	case operator == ":" && s.token != "*", operator == "=":
		return literal(strings.TrimSuffix(s.token, "*"))
	}
	return ""
}

// isFunction tells whether the token is the name of a function, whose arguments are then
// read as words: regex(message, "…") marks nothing, which is better than its name.
func (s *scanner) isFunction(name string) bool {
	return !s.quoted && (name == "regex" || name == "matches") && strings.HasPrefix(s.rest, "(") && s.skipList()
}

// skipList reads up to and including the parenthesis that closes the one at hand.
func (s *scanner) skipList() bool {
	depth := 0
	for s.rest != "" {
		switch s.rest[0] {
		case '(':
			depth++
			s.rest = s.rest[1:]
		case ')':
			depth--
			s.rest = s.rest[1:]
		default:
			s.read()
		}
		if depth == 0 {
			break
		}
	}
	return true
}

// operator reads the operator at hand, "" if there is none.
func (s *scanner) operator() string {
	for _, op := range operators {
		if rest, ok := strings.CutPrefix(s.rest, op); ok {
			s.rest = rest
			return op
		}
	}
	return ""
}

// read reads a word or a text in quotes, and at least one character.
func (s *scanner) read() {
	if s.quoted = strings.ContainsRune(`"'`, rune(s.rest0())); s.quoted {
		s.readQuoted()
		return
	}
	end := strings.IndexFunc(s.rest, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`()"',=!<>:`, r) })
	switch {
	case end < 0:
		end = len(s.rest)
	case end == 0:
		_, end = utf8.DecodeRuneInString(s.rest)
	}
	s.token, s.rest = s.rest[:end], s.rest[end:]
}

func (s *scanner) rest0() byte {
	if s.rest == "" {
		return 0
	}
	return s.rest[0]
}

// readQuoted reads a text in quotes; one that is not closed goes to the end.
func (s *scanner) readQuoted() {
	quote := s.rest[0]
	var text strings.Builder
	i := 1
	for ; i < len(s.rest) && s.rest[i] != quote; i++ {
		c := s.rest[i]
		if c == '\\' && i+1 < len(s.rest) {
			if escaped, ok := unescape(s.rest[i+1]); ok {
				c, i = escaped, i+1
			}
		}
		text.WriteByte(c)
	}
	s.token, s.rest = text.String(), s.rest[min(i+1, len(s.rest)):]
}

// unescape returns what a character stands for behind a backslash.
func unescape(c byte) (byte, bool) {
	switch c {
	case '"', '\'', '\\':
		return c, true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	}
	return 0, false
}
