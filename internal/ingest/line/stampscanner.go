package line

// The smallest pieces of a stamp. Each method reads at the current place, moves behind what
// it has read, and returns false if something else stands there.

// number reads at most width digits, at least one.
func (s *stampScanner) number(n *int, width int) bool {
	value, digits := number(s.text[s.at:], width)
	*n = value
	s.at += digits
	return digits > 0
}

func (s *stampScanner) peek() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

func (s *stampScanner) skip(n int) bool {
	s.at += n
	return s.at <= len(s.text)
}

func (s *stampScanner) accept(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}

// spaces reads one or more spaces.
func (s *stampScanner) spaces() bool {
	start := s.at
	for s.peek() == ' ' {
		s.at++
	}
	return s.at > start
}

// ends says whether no word goes on here.
func (s *stampScanner) ends() bool { return endsAt(s.text, s.at) }

func endsAt(text string, i int) bool {
	return i >= len(text) || (!isDigit(text[i]) && !isLetter(text[i]))
}
