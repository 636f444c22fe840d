package line

import (
	"strings"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// origin reads the host and the service where the line is unmistakably one of a syslog
// daemon or of a cluster's log, and moves behind them.
func (h *header) origin(e *entry.Entry) {
	if h.stamp.layout == epochLayout {
		h.clusterOrigin(e)
		return
	}
	if h.stamp.layout != syslogLayout && h.stamp.layout != plainLayout {
		return
	}
	rest := h.text[h.at:]
	if !strings.HasPrefix(rest, " ") {
		return
	}
	node := word(rest[1:])
	if !isHostName(node) || isLevelWord(node) {
		return
	}
	tag, length := syslogTag(rest[1+len(node):], h.stamp.layout == syslogLayout)
	if length == 0 {
		return
	}
	e.Host, e.Service = node, tag
	h.at += 1 + len(node) + length
}

// clusterOrigin reads the columns behind the seconds: date, node and, in a second form of
// the same log, what syslog wrote.
func (h *header) clusterOrigin(e *entry.Entry) {
	rest := h.text[h.at:]
	const date = len(" 2005.06.03 ")
	if len(rest) <= date || rest[5] != '.' || rest[date-1] != ' ' {
		return
	}
	node := word(rest[date:])
	if !isHostName(node) {
		return
	}
	e.Host = node
	h.at += date + len(node)
	inner := h.text[h.at+countAny(h.text[h.at:], " "):]
	s, ok := scanStamp(inner)
	if !ok {
		return
	}
	h.at = len(h.text) - len(inner) + s.length
	inner = inner[s.length:]
	if s.layout != syslogLayout || !strings.HasPrefix(inner, " ") {
		return
	}
	sender := word(inner[1:]) // host/host or user@host
	if tag, length := syslogTag(inner[1+len(sender):], true); length > 0 {
		e.Service = tag
		h.at += 1 + len(sender) + length
	}
}

// syslogTag reads the name of a program with its process in brackets and a colon behind
// it. With lax it may lack the process, or have one more word: the version that some
// daemons write, or a name of two words.
func syslogTag(text string, lax bool) (tag string, length int) {
	const longestTag = 64
	if !strings.HasPrefix(text, " ") {
		return "", 0
	}
	end := strings.IndexByte(text[:min(len(text), longestTag)], ':')
	for end > 0 && end+1 < len(text) && text[end+1] != ' ' && text[end+1] != '\t' {
		next := strings.IndexByte(text[end+1:min(len(text), longestTag)], ':')
		if next < 0 {
			return "", 0
		}
		end += 1 + next
	}
	if end < 2 {
		return "", 0
	}
	tag = text[1:end]
	if i := strings.Index(tag, "] ("); i > 0 && tag[len(tag)-1] == ')' {
		tag = tag[:i+1] // macOS names what the process works for, too.
	}
	bracket := strings.IndexByte(tag, '[')
	hasProcess := bracket > 0 && tag[len(tag)-1] == ']' && countDigits(tag[bracket+1:]) == len(tag)-bracket-2
	if !hasProcess && (!lax || bracket >= 0) {
		return "", 0
	}
	if hasProcess {
		tag = tag[:bracket]
	}
	name := word(tag)
	if !beginsLikeProgram(name) || isLevelWord(name) {
		return "", 0
	}
	// Without a process a capitalised name is as likely a part of the kernel, or the
	// beginning of a sentence.
	if !hasProcess && (isUpper(name[0]) || strings.Count(tag, " ") > 1) {
		return "", 0
	}
	if hasProcess {
		name = tag // "Google Chrome[123]:" is one name
	}
	if i := strings.IndexByte(name, '('); i > 0 && name[len(name)-1] == ')' {
		name = name[:i] // PAM adds its module in parentheses.
	}
	return name[strings.LastIndexByte(name, '/')+1:], end + 1
}

func beginsLikeProgram(name string) bool {
	return name != "" && (isLetter(name[0]) || name[0] == '/' || name[0] == '_')
}

func isLevelWord(name string) bool {
	_, ok := severityByName(name)
	return ok
}

// word returns the word that text begins with.
func word(text string) string {
	first, _, _ := strings.Cut(text, " ")
	return first
}

func isHostName(name string) bool {
	for i := range len(name) {
		c := name[i]
		if !isLetter(c) && !isDigit(c) && c != '-' && c != '.' && c != '_' && (c != ':' || i == len(name)-1) {
			return false
		}
	}
	return name != "" && name != "-"
}
