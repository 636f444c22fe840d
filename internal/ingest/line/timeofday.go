package line

// clock reads a time of day with its fraction and zone.
func (s *stampScanner) clock() bool {
	if !s.number(&s.hour, 2) {
		return false
	}
	separator := s.peek()
	if separator != ':' && separator != '.' {
		return false
	}
	if !s.skip(1) || !s.number(&s.minute, 2) || s.peek() != separator || !s.skip(1) || !s.number(&s.second, 2) {
		return false
	}
	s.fraction()
	s.half()
	s.zone()
	return s.ends()
}

// tightClock reads a time of day that may be written without colons.
func (s *stampScanner) tightClock() bool {
	if countDigits(s.text[s.at:]) != 6 {
		return s.clock()
	}
	if !s.number(&s.hour, 2) || !s.number(&s.minute, 2) || !s.number(&s.second, 2) {
		return false
	}
	s.fraction()
	s.zone()
	return s.ends()
}

// fraction reads the fraction of a second, if there is one. Behind a colon it is a number
// of milliseconds, which some programs write without leading zeros.
func (s *stampScanner) fraction() {
	separator := s.peek()
	if (separator != '.' && separator != ',' && separator != ':') || countDigits(s.text[s.at+1:]) == 0 {
		return
	}
	s.at++
	n, digits := number(s.text[s.at:], 9)
	if separator == ':' {
		digits = 3
		n %= 1000
	}
	for ; digits < 9; digits++ {
		n *= 10
	}
	s.nanos = n
	s.at += countDigits(s.text[s.at:])
}

// half reads AM or PM, if it is there.
func (s *stampScanner) half() {
	i := s.at
	if s.peek() == ' ' {
		i++
	}
	if i+1 >= len(s.text) || s.text[i+1]|0x20 != 'm' || s.hour > 12 || !endsAt(s.text, i+2) {
		return
	}
	switch s.text[i] | 0x20 {
	case 'a':
		s.hour %= 12
	case 'p':
		s.hour = s.hour%12 + 12
	default:
		return
	}
	s.at = i + 2
}

// zone reads the zone, if one is named: Z, UTC, GMT, or an offset.
func (s *stampScanner) zone() {
	i := s.at
	spaced := s.peek() == ' '
	if spaced {
		i++
	}
	rest := s.text[i:]
	switch {
	case len(rest) >= 3 && (rest[:3] == "UTC" || rest[:3] == "GMT") && endsAt(rest, 3):
		s.zoned, s.at = true, i+3
	case rest != "" && rest[0] == 'Z' && endsAt(rest, 1):
		s.zoned, s.at = true, i+1
	case rest != "" && (rest[0] == '+' || rest[0] == '-'):
		if east, n := offset(rest, spaced); n > 0 {
			s.zoned, s.east, s.at = true, east, i+n
		}
	}
}

// offset reads +hh, +hhmm or +hh:mm. Behind a space the short form may be anything.
func offset(text string, spaced bool) (east, length int) {
	hours, digits := number(text[1:], 4)
	minutes := 0
	length = 1 + digits
	switch {
	case digits == 4:
		hours, minutes = hours/100, hours%100
	case digits != 2:
		return 0, 0
	case len(text) > 5 && text[3] == ':':
		n := 0
		if minutes, n = number(text[4:], 2); n != 2 {
			return 0, 0
		}
		length = 6
	case spaced:
		return 0, 0
	}
	if hours > 14 || minutes > 59 || !endsAt(text, length) {
		return 0, 0
	}
	east = hours*3600 + minutes*60
	if text[0] == '-' {
		east = -east
	}
	return east, length
}
