package line

import (
	"strings"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

const (
	// headBytes is how much of a line is looked at for its time and severity: what has
	// not come by then is the sentence.
	headBytes = 384
	// timeWords is how many words may stand before the time: the file of OpenStack's
	// collected logs, the address and users of an access log, the node of a cluster.
	timeWords = 4
)

// header is the beginning of a line of plain text, read piece by piece.
type header struct {
	text string
	// at is where what has been understood ends.
	at int
	// stamp is the time, if timed is set.
	stamp stamp
	timed bool
	// level is the severity that stands before the time, 0 if none does.
	level entry.Severity
}

// parsePlain fills in what a line of plain text says about itself. body is the line
// without the space around it.
func parsePlain(e *entry.Entry, body string, clock clock) {
	h := header{text: stripEscapes(body[:min(len(body), headBytes)])}
	priority, hasPriority := h.priority()
	if s, ok := h.klog(); ok {
		e.Severity = s
	} else {
		h.time()
	}
	if h.timed {
		if t, ok := clock.resolve(&h.stamp); ok {
			e.Timestamp = t
		}
		h.origin(e)
	}
	switch {
	case e.Severity != 0:
	case hasPriority:
		e.Severity = syslogSeverities[priority&7]
	case h.timed && h.level != 0:
		e.Severity = h.level
	default:
		if e.Severity = h.severity(); e.Severity == 0 {
			e.Severity = levelPair(body)
		}
	}
}

// priority reads the <n> of syslog and of the kernel.
func (h *header) priority() (n int, ok bool) {
	if h.text == "" || h.text[0] != '<' {
		return 0, false
	}
	n, digits := number(h.text[1:], 3)
	if digits == 0 || n > 191 || len(h.text) <= digits+1 || h.text[digits+1] != '>' {
		return 0, false
	}
	h.at = digits + 2
	if strings.HasPrefix(h.text[h.at:], "1 ") { // the version of RFC 5424
		h.at += 2
	}
	return n, true
}

// klog reads the beginning of what Kubernetes and glog write: E0102 15:04:05.000000 or
// E20240102 15:04:05.
func (h *header) klog() (entry.Severity, bool) {
	text := h.text[h.at:]
	if len(text) < len("E0102 15:04:05") || !isUpper(text[0]) {
		return 0, false
	}
	s, ok := levelLetter(text[0])
	digits := countDigits(text[1:])
	if !ok || (digits != 4 && digits != 8) || text[1+digits] != ' ' {
		return 0, false
	}
	scan := stampScanner{text: text, at: 1}
	if digits == 8 {
		scan.number(&scan.year, 4)
	} else {
		scan.layout = syslogLayout
	}
	if !scan.number(&scan.month, 2) || !scan.number(&scan.day, 2) || !scan.spaces() || !scan.clock() || !scan.valid() {
		return 0, false
	}
	h.stamp, h.timed = scan.stamp, true
	h.at += scan.at
	return s, true
}

// time looks for the time at the first words.
func (h *header) time() {
	at := h.at
	for range timeWords + 1 {
		at += countAny(h.text[at:], " \t|")
		start := at + stampStart(h.text[at:])
		if s, ok := scanStamp(h.text[start:]); ok {
			h.stamp, h.timed = s, true
			h.at = start + s.length
			return
		}
		length := wordLength(h.text[at:])
		if length == 0 || !mayPrecedeTime(h.text[at:at+length], h.text[at+length:]) {
			return
		}
		if s, ok := severityByName(h.text[at : at+length]); ok && isAllUpper(h.text[at:at+length]) {
			h.level = s
		}
		at += length
	}
}

// stampStart returns where in a word a time may begin: behind a bracket or quote, and
// behind time= or ts=.
func stampStart(word string) int {
	i := 0
	for i < len(word) && isLower(word[i]) {
		i++
	}
	if i > 0 && i < len(word) && word[i] == '=' && (word[:i] == "time" || word[:i] == "ts") {
		return i + 1 + countAny(word[i+1:], `"`)
	}
	return countAny(word, `[("'`)
}

// mayPrecedeTime says whether a word belongs to the beginning of a line. Words of a
// sentence do not, or "done at 2024-01-02 10:00:00" would be dated by what it tells.
func mayPrecedeTime(word, rest string) bool {
	if lettersLength(word) == len(word) {
		// A name before a bracketed time, as in an access log; a level; a container.
		next := strings.TrimLeft(rest, " \t")
		return strings.HasPrefix(next, "[") || strings.HasPrefix(next, "|") || isAllUpper(word)
	}
	return word[0] != '"'
}

// countAny returns how many of these characters text begins with.
func countAny(text, chars string) int {
	n := 0
	for n < len(text) && strings.IndexByte(chars, text[n]) >= 0 {
		n++
	}
	return n
}

// wordLength returns the length of the word that text begins with.
func wordLength(text string) int {
	for i := range len(text) {
		if c := text[i]; c == ' ' || c == '\t' || c == '|' {
			return i
		}
	}
	return len(text)
}

// stripEscapes removes the colours that a console was meant to show.
func stripEscapes(text string) string {
	if strings.IndexByte(text, 0x1b) < 0 {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != 0x1b {
			b.WriteByte(text[i])
			continue
		}
		if i+1 < len(text) && text[i+1] == '[' {
			i += 2
			for i < len(text) && (isDigit(text[i]) || text[i] == ';') {
				i++
			}
		}
	}
	return b.String()
}

// levelPair finds level=… in a line, with or without quotes.
func levelPair(text string) entry.Severity {
	for from := 0; ; {
		i := strings.Index(text[from:], "evel=")
		if i < 0 {
			return 0
		}
		i += from
		from = i + len("evel=")
		if i == 0 || text[i-1]|0x20 != 'l' || (i > 1 && !isBoundary(text[i-2])) {
			continue
		}
		value := text[from:]
		value = value[countAny(value, `"'`):]
		if s, ok := severityByName(value[:lettersLength(value)]); ok {
			return s
		}
	}
}

func isBoundary(c byte) bool {
	return c == ' ' || c == '\t' || c == ',' || c == '[' || c == '(' || c == '{' || c == ';' || c == '|'
}

func lettersLength(text string) int {
	n := 0
	for n < len(text) && isLetter(text[n]) {
		n++
	}
	return n
}
