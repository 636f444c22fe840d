package termtext

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Underline returns the line of a query in which bytes begin to end lie, and below it a
// line of carets under them; at least one, also where the range is empty. A range that
// goes beyond its line is marked up to the line's end.
func Underline(query string, begin, end int) string {
	begin = min(begin, len(query))
	end = min(max(end, begin), len(query))
	from := strings.LastIndexByte(query[:begin], '\n') + 1
	to := len(query)
	if i := strings.IndexByte(query[begin:], '\n'); i >= 0 {
		to = begin + i
	}
	end = min(end, to)
	const indent = "  "
	return indent + level(query[from:to]) + "\n" +
		indent + strings.Repeat(" ", Columns(query[from:begin])) +
		strings.Repeat("^", max(Columns(query[begin:end]), 1))
}

// level replaces what a terminal would not print in the columns that Columns counts.
func level(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return ' '
		}
		if IsHostile(r) || r == '\n' {
			return '\u00b7' // a middle dot
		}
		return r
	}, strings.ToValidUTF8(s, "\u00b7"))
}

// Columns returns how wide a text is on a terminal.
func Columns(s string) int {
	n := 0
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		s = s[size:]
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}
