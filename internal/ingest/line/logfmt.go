package line

import "strings"

// fewestPairs is how many key=value a line of logfmt has at least: one alone is as likely
// a word of a sentence.
const fewestPairs = 2

// looksLikeLogfmt rules out most plain text by its first word.
func looksLikeLogfmt(text string) bool {
	n := keyLength(text)
	return n > 0 && n < len(text) && text[n] == '='
}

// readLogfmt reads a line that is nothing but key=value into fields. It returns false if
// the line is anything else. A key without a value is refused too, although some loggers
// write it for true: prose would pass.
func (r *record) readLogfmt(text string) bool {
	for text != "" {
		n := keyLength(text)
		if n == 0 || n == len(text) || text[n] != '=' {
			return false
		}
		key := text[:n]
		value, length, ok := logfmtValue(text[n+1:])
		if !ok {
			return false
		}
		r.add(key, value, true, false)
		text = strings.TrimLeft(text[n+1+length:], " \t")
	}
	return len(r.fields) >= fewestPairs
}

// logfmtValue reads a value, quoted or up to the next space.
func logfmtValue(text string) (value string, length int, ok bool) {
	if text != "" && text[0] == '"' {
		value, length, ok = unquote(text[1:])
		length++
		ends := length == len(text) || (ok && (text[length] == ' ' || text[length] == '\t'))
		return value, length, ok && ends
	}
	if length = strings.IndexAny(text, " \t"); length < 0 {
		length = len(text)
	}
	value = text[:length]
	return value, length, strings.IndexByte(value, '"') < 0
}

// keyLength returns the length of the key that text begins with.
func keyLength(text string) int {
	for i := range len(text) {
		c := text[i]
		if !isLetter(c) && c != '_' && c != '@' && (i == 0 || (!isDigit(c) && c != '.' && c != '-' && c != '/')) {
			return i
		}
	}
	return len(text)
}
