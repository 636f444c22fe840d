package line

import (
	"strings"
	"unicode/utf8"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

const (
	// fieldsTimed is how many fields of a line with a time are looked at for a level; a
	// Blue Gene has it in the fourth behind its columns.
	fieldsTimed = 8
	// fieldsUntimed is that of a line without a time: a container's name and a process.
	fieldsUntimed = 3
	// namesBefore is how many plain lower-case words may stand before a level: a thread's
	// or a logger's name. Two are a sentence.
	namesBefore = 1
)

// verdict is what a field says about the search for a level.
type verdict uint8

const (
	goOn verdict = iota
	found
	sentence // what follows is prose
)

// severity looks for a level in the fields behind what has been understood.
func (h *header) severity() entry.Severity {
	search := levelSearch{text: h.text, at: h.at, start: h.at, timed: h.timed, layout: h.stamp.layout}
	limit := fieldsUntimed
	if h.timed {
		limit = fieldsTimed
	}
	// What closes the bracket that the time stood in is part of the time.
	search.at += countAny(search.text[search.at:], `])"'`)
	for range limit {
		search.at += countAny(search.text[search.at:], " \t|,")
		if search.at == len(search.text) {
			return 0
		}
		switch s, verdict := search.field(); verdict {
		case found:
			return s
		case sentence:
			return 0
		case goOn:
		}
	}
	return 0
}

// levelSearch goes through the fields between the time and the sentence.
type levelSearch struct {
	text   string
	at     int // the field
	start  int // behind the time
	timed  bool
	layout layout
	names  int // plain lower-case words so far
}

// field looks at one field and moves behind it.
func (s *levelSearch) field() (entry.Severity, verdict) {
	rest := s.text[s.at:]
	switch c := rest[0]; {
	case c == '[' || c == '<' || c == '(' || c == '{':
		return s.group(rest)
	case isLetter(c):
		return s.name(rest)
	case c == '"' || c >= utf8.RuneSelf:
		return 0, sentence
	default:
		s.at += wordLength(rest)
		return 0, goOn
	}
}

// group looks at a field in brackets: a level, or module:level, or anything, which may
// hold spaces.
func (s *levelSearch) group(rest string) (entry.Severity, verdict) {
	end := strings.IndexByte(rest, closerOf(rest[0]))
	if end < 0 {
		return 0, sentence
	}
	s.at += end + 1
	if rest[0] != '[' && rest[0] != '<' {
		return 0, goOn
	}
	inner := strings.TrimSpace(rest[1:end])
	inner = inner[strings.LastIndexByte(inner, ':')+1:]
	if severity, ok := severityByName(inner); ok {
		return severity, found
	}
	return 0, goOn
}

func closerOf(opener byte) byte {
	if opener == '(' {
		return ')'
	}
	return opener + 2 // in ASCII, [ and ], < and >, { and } are two apart
}

// name looks at a field that begins with a letter.
func (s *levelSearch) name(rest string) (entry.Severity, verdict) {
	n := lettersLength(rest)
	length := wordLength(rest)
	if n == 1 {
		if severity, ok := s.letter(rest); ok {
			return severity, found
		}
	}
	if n < length {
		return s.compound(rest, n, length)
	}
	return s.word(rest, n)
}

// letter knows the single letters of Android and of MongoDB.
func (s *levelSearch) letter(rest string) (entry.Severity, bool) {
	severity, ok := levelLetter(rest[0])
	if !ok || len(rest) < 3 {
		return 0, false
	}
	switch {
	case s.layout == logcatLayout && rest[1] == ' ':
		return severity, true
	case s.layout == logcatLayout || !s.timed && s.at == 0: // W/Tag( 123):
		return severity, rest[1] == '/' && isLetter(rest[2]) && strings.IndexAny(rest[2:], "(:") > 0
	default:
		component := lettersLength(rest[2:])
		return severity, s.timed && rest[1] == ' ' && component > 2 && isAllUpper(rest[2:2+component])
	}
}

// compound looks at a field that does not end with its letters: ERROR:root:text, error:,
// INFO], or the name of a logger.
func (s *levelSearch) compound(rest string, n, length int) (entry.Severity, verdict) {
	severity, ok := severityByName(rest[:n])
	next := rest[n]
	switch {
	case !ok:
	case isUpper(rest[0]) && isUpper(rest[n-1]):
		if strings.IndexByte(":])>;/", next) >= 0 {
			return severity, found
		}
	case next == ':' && n+1 == length && isLevelBeforeColon(rest[:n]) && s.names == 0:
		return severity, found
	}
	if rest[length-1] == ':' && length == n+1 && !s.timed {
		return 0, sentence // "note: ERROR is …"
	}
	s.at += length
	return 0, goOn
}

// isLevelBeforeColon leaves out the names of levels that begin a sentence as often.
func isLevelBeforeColon(name string) bool {
	switch strings.ToLower(name) {
	case "log", "config", "fine", "finer", "finest", "failure", "silly", "information", "alert", "inf":
		return false
	default:
		return true
	}
}

// word looks at a field that is nothing but n letters.
func (s *levelSearch) word(rest string, n int) (entry.Severity, verdict) {
	name := rest[:n]
	severity, isLevel := severityByName(name)
	after := rest[n:]
	upper := isAllUpper(name)
	switch {
	case isLevel && upper && n > 2 && isLevelAlone(name):
		if s.names > 0 && startsLower(after) {
			return 0, sentence // "got ERROR from …"
		}
		return severity, found
	case isLevel && s.timed && s.delimited(after):
		return severity, found
	case upper && s.timed:
		// RAS KERNEL INFO: columns.
	case isDelimiter(after):
		// A column of its own, whatever its case.
	case s.timed && isLower(name[0]) && s.names < namesBefore:
		s.names++
	default:
		return 0, sentence
	}
	s.at += n
	return 0, goOn
}

// isLevelAlone leaves out the names that are words of their own: they need a colon or
// brackets to be a level.
func isLevelAlone(name string) bool {
	switch name {
	case "LOG", "CONFIG", "FINE", "FINER", "FINEST", "FAIL", "SILLY":
		return false
	default:
		return true
	}
}

// delimited says whether the field stands in a column of its own: padded, or between
// tabs, bars or dashes.
func (s *levelSearch) delimited(after string) bool {
	return isDelimiter(after) || strings.HasPrefix(after, "  ")
}

func isDelimiter(after string) bool {
	return strings.HasPrefix(after, "\t") || strings.HasPrefix(after, " - ") || strings.HasPrefix(strings.TrimLeft(after, " "), "|")
}

// startsLower says whether a sentence goes on with a lower-case word.
func startsLower(after string) bool {
	return len(after) > 1 && after[0] == ' ' && isLower(after[1])
}
