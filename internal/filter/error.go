package filter

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Error is a mistake in a filter: where it is, what is wrong, and what would be right.
type Error struct {
	// Field is the field of LogFilter with the mistake: "query", "regex",
	// "services[1]", `attributes["user"]`, or "attributes.key" for a key of that map.
	Field string
	// Begin and End are the mistake's place in the text of Field: the bytes from Begin
	// to before End, 0 <= Begin <= End <= its length.
	Begin, End int
	// Line is the line of Begin, and Column its place in that line in characters, both
	// from 1.
	Line, Column int
	// Message says what is wrong. Text of the filter that it repeats is quoted and cut.
	Message string
	// Hint says what would be right. May be empty.
	Hint string
	// Limit is the key of the limit that the filter is above, such as LimitDepth. Empty for
	// any other mistake.
	Limit string
}

var _ error = (*Error)(nil)

// Error returns one line with the place, the message and the hint.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Field)
	if e.Line > 1 {
		b.WriteString(", line " + strconv.Itoa(e.Line))
	}
	b.WriteString(", column " + strconv.Itoa(e.Column) + ": " + e.Message)
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// source is one text of a filter and the field that it is the value of.
type source struct {
	field, text string
}

// span is a place in a source.
type span struct {
	source
	begin, end int
}

func (s source) span(begin, end int) span { return span{s, begin, end} }

// covered is the text at this place.
func (s span) covered() string { return s.text[s.begin:s.end] }

func (s source) whole() span { return s.span(0, len(s.text)) }

// fail makes the error of a mistake at this place.
func (s span) fail(hint, format string, args ...any) error {
	before := s.text[:s.begin]
	return &Error{
		Field:   s.field,
		Begin:   s.begin,
		End:     s.end,
		Line:    1 + strings.Count(before, "\n"),
		Column:  1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]),
		Message: fmt.Sprintf(format, args...),
		Hint:    hint,
	}
}

// maxEcho is how many characters of a filter's own text an error repeats: enough to
// recognise it, and a line on a terminal.
const maxEcho = 40

// echo quotes text of the filter for a message. Control characters are escaped, so that
// a pasted one cannot take over the terminal that shows the message.
func echo(text string) string { return strconv.Quote(clip(text)) }

// clip cuts a text to what a message repeats of it.
func clip(text string) string {
	count := 0
	for i := range text {
		if count == maxEcho {
			return text[:i] + "…"
		}
		count++
	}
	return text
}
