package line

// stamp is a date and time of day as they stand in a text.
type stamp struct {
	year, month, day     int // year 0: none is given
	hour, minute, second int
	nanos                int
	// zoned is set where the text names its zone, which is east seconds east of UTC.
	zoned bool
	east  int
	// epoch is the time itself, in nanoseconds since 1970, where the text is a number.
	epoch int64
	// layout tells the layouts that say more than the time.
	layout layout
	// length is the number of bytes read.
	length int
}

// layout is what a time's form says about the line that it begins.
type layout uint8

const (
	plainLayout  layout = iota
	syslogLayout        // Jun 14 15:16:01
	logcatLayout        // 03-17 16:13:38.811
	epochLayout         // a number
	dayLayout           // 15:16:01 and no date
)

const maxYear = 2261 // The last year of which nanoseconds since 1970 hold all.

// scanStamp reads the time that text begins with. It costs a few nanoseconds where there
// is none, which is what most words are.
func scanStamp(text string) (stamp, bool) {
	if text == "" {
		return stamp{}, false
	}
	s := stampScanner{text: text}
	ok := false
	switch c := text[0]; {
	case isDigit(c):
		ok = s.fromDigits()
	case isLetter(c):
		ok = s.fromName()
	}
	if !ok || !s.valid() {
		return stamp{}, false
	}
	s.length = s.at
	return s.stamp, true
}

// stampScanner reads a stamp piece by piece. Each method reads at the current place,
// moves behind what it has read and returns false if something else stands there.
type stampScanner struct {
	stamp
	text string
	at   int
}

func (s *stampScanner) fromDigits() bool {
	switch digits := countDigits(s.text); digits {
	case 1, 2:
		return s.fromShortNumber()
	case 4:
		return s.number(&s.year, 4) && s.separated() && s.number(&s.month, 2) &&
			s.peek() == s.text[4] && s.skip(1) && s.number(&s.day, 2) &&
			s.gap() && s.clock()
	case 6: // 081109 203615
		return s.number(&s.year, 2) && s.number(&s.month, 2) && s.number(&s.day, 2) &&
			s.shortYear() && s.gap() && s.tightClock()
	case 8, 14: // 20171223-22:15:29:606
		return s.number(&s.year, 4) && s.number(&s.month, 2) && s.number(&s.day, 2) &&
			(digits == 14 || s.gap()) && s.tightClock()
	case 10, 13:
		return s.fromEpoch(digits)
	default:
		return false
	}
}

// separated accepts the separator between year and month; the caller holds the next one
// against it.
func (s *stampScanner) separated() bool {
	return (s.peek() == '-' || s.peek() == '/' || s.peek() == '.') && s.skip(1) && s.at+2 < len(s.text)
}

// fromShortNumber reads what begins with a day, a month, a year of two digits or an hour.
func (s *stampScanner) fromShortNumber() bool {
	var first, second int
	s.number(&first, 2)
	separator := s.peek()
	s.skip(1)
	switch {
	case separator == ':':
		s.at, s.layout = 0, dayLayout
		return s.clock()
	case isLetter(s.peek()): // 10/Oct/2000:13:55:36, 02-Jan-2024 15:04:05, 02 Jan 2024 15:04:05
		s.day = first
		return s.monthName() && s.peek() == separator && s.skip(1) && s.number(&s.year, 4) &&
			s.year > 99 && s.gap() && s.clock()
	case separator != '/' && separator != '-' && separator != '.':
		return false
	case !s.number(&second, 2):
		return false
	case separator == '-' && s.peek() == ' ': // 03-17 16:13:38.811
		s.month, s.day, s.layout = first, second, logcatLayout
		return s.skip(1) && s.clock()
	}
	return s.peek() == separator && s.skip(1) && s.numericDate(first, second, separator) && s.gap() && s.clock()
}

// numericDate reads the third of three numbers. With a year of two digits they are year,
// month and day; with one of four, the order of the first two is told by their size, or
// by what is usual with that separator.
func (s *stampScanner) numericDate(first, second int, separator byte) bool {
	third, digits := number(s.text[s.at:], 4)
	switch {
	case digits == 2:
		s.year, s.month, s.day = first, second, third
		return s.skip(2) && s.shortYear()
	case digits != 4:
		return false
	case first > 12 || (second <= 12 && separator != '/'):
		s.day, s.month = first, second
	default:
		s.month, s.day = first, second
	}
	s.year = third
	return s.skip(4)
}

// fromName reads what begins with the name of a weekday or of a month.
func (s *stampScanner) fromName() bool {
	weekday := false
	if isWeekday(s.text) {
		weekday = true
		s.skip(3)
		s.accept(',')
		if !s.spaces() {
			return false
		}
		if isDigit(s.peek()) { // Mon, 02 Jan 2006 15:04:05
			return s.number(&s.day, 2) && s.skip(1) && s.monthName() && s.skip(1) &&
				s.number(&s.year, 4) && s.gap() && s.clock()
		}
	}
	if !s.monthName() || !s.spaces() || !s.number(&s.day, 2) {
		return false
	}
	comma := s.accept(',')
	if !s.spaces() {
		return false
	}
	if countDigits(s.text[s.at:]) == 4 { // Jan 02, 2024 3:04:05 PM
		return s.number(&s.year, 4) && s.gap() && s.clock()
	}
	if comma || !s.clock() {
		return false
	}
	if weekday && s.trailingYear() { // Sun Dec 04 04:47:44 2005
		return true
	}
	s.layout = syslogLayout
	return true
}

// trailingYear reads the year at the end of what ctime and date write, behind a zone
// that may stand there. Of zones, only UTC and GMT have one meaning: others are passed
// over.
func (s *stampScanner) trailingYear() bool {
	start := s.at
	if s.accept(' ') && isLetter(s.peek()) {
		for isLetter(s.peek()) {
			s.at++
		}
		s.accept(' ')
	}
	if countDigits(s.text[s.at:]) == 4 && s.number(&s.year, 4) {
		return true
	}
	s.at = start
	return false
}

// fromEpoch reads seconds, or milliseconds, since 1970. A number alone may be anything,
// so seconds need a fraction, or the date behind them as on a Blue Gene.
func (s *stampScanner) fromEpoch(digits int) bool {
	rest := s.text[digits:]
	dated := len(rest) > 10 && rest[0] == ' ' && rest[5] == '.' && rest[8] == '.' && countDigits(rest[1:]) == 4
	fraction := len(rest) > 3 && rest[0] == '.' && countDigits(rest[1:]) >= 3
	if digits == 10 && !dated && !fraction {
		return false
	}
	n := digits
	if digits == 10 && fraction {
		n += 1 + countDigits(rest[1:])
	}
	t, ok := epoch(s.text[:n])
	s.epoch, s.layout, s.at = t, epochLayout, n
	return ok
}

// gap reads what stands between a date and a time of day: T, a space, - _ : or a comma
// and a space.
func (s *stampScanner) gap() bool {
	s.accept(',')
	switch s.peek() {
	case 'T', 't', '_', '-', ':':
		return s.skip(1)
	default:
		return s.spaces()
	}
}

func (s *stampScanner) shortYear() bool {
	if s.year < 70 {
		s.year += 2000
	} else {
		s.year += 1900
	}
	return true
}

func (s *stampScanner) monthName() bool {
	if len(s.text) < s.at+3 {
		return false
	}
	m, ok := months[s.text[s.at:s.at+3]]
	s.month = m
	return ok && s.skip(3)
}

var months = map[string]int{
	"Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6,
	"Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12,
}

func isWeekday(text string) bool {
	if len(text) < 4 || (text[3] != ' ' && text[3] != ',') {
		return false
	}
	switch text[:3] {
	case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
		return true
	default:
		return false
	}
}

func (s *stampScanner) valid() bool {
	if s.layout == epochLayout {
		return true
	}
	if s.hour > 23 || s.minute > 59 || s.second > 60 {
		return false
	}
	if s.layout == dayLayout {
		return true
	}
	if s.month < 1 || s.month > 12 || s.day < 1 {
		return false
	}
	if s.layout == syslogLayout || s.layout == logcatLayout {
		return s.day <= daysIn(s.month, leapYear)
	}
	return s.year >= 1970 && s.year <= maxYear && s.day <= daysIn(s.month, s.year)
}
