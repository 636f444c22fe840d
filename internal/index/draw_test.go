package index_test

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// chooser makes filters and entries out of choices, which come from rapid, a generator
// of random numbers, or a fuzzer. The pools are small, so that what it makes collides.
type chooser struct {
	// upTo returns a number from 0 to below n.
	upTo func(n int) int
}

func (c chooser) oneOf(pool ...string) string { return pool[c.upTo(len(pool))] }

// alphabets are hostile each in its way: grams that all collide, characters with two and
// three cases of different lengths, and what no filter may hold but a text may.
var alphabets = [...][]string{
	{"0", "1"},
	{"a", "b", "A", "B"},
	{"k", "K", "\u212a", "s", "S", "\u017f"},
	{"é", "É", "日", "σ", "ς", "Σ", "\u023a", "\u2c65", "İ", "i"},
	{"timeout", "Timeout", " ", "after", "-", "5"},
}

// word returns a text of one alphabet, never empty.
func (c chooser) word() string {
	alphabet := alphabets[c.upTo(len(alphabets))]
	length := 1 + c.upTo(5)
	switch c.upTo(8) {
	case 0:
		length = 6 + c.upTo(8)
	case 1:
		length = 14 + c.upTo(40)
	}
	var b strings.Builder
	for range length {
		b.WriteString(c.oneOf(alphabet...))
	}
	return b.String()
}

func (c chooser) field() string {
	return c.oneOf("service", "host", "message", "message", "message", "trace_id", "span_id", "attributes.a", "attributes.b", `attributes."c d"`)
}

// query returns a filter of at most this depth.
func (c chooser) query(depth int) string {
	if depth == 0 || c.upTo(3) == 0 {
		return c.condition()
	}
	var parts []string
	for range 1 + c.upTo(3) {
		parts = append(parts, c.oneOf("", "", "", "-")+"("+c.query(depth-1)+")")
	}
	return strings.Join(parts, c.oneOf(" ", " ", " OR "))
}

func (c chooser) condition() string {
	switch c.upTo(12) {
	case 0, 1:
		return "severity" + c.oneOf("=", ">=", ">=", ">", "<", "<=", "!=") + c.oneOf("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "18", "24")
	case 2:
		return "attributes." + c.oneOf("a", "b", "n") + c.oneOf("<", "<=", ">", ">=") + c.oneOf("0", "-0", "1", "1.5", "-2e3", "10")
	case 3:
		return "timestamp" + c.oneOf("<", "<=", ">", ">=", "=", "!=") + c.oneOf("2026-11-21T13:45:00Z", "2026-11-21T13:45:01Z", "1969-12-31T23:59:59Z")
	case 4:
		return c.field() + c.oneOf(":*", `=""`, `!=""`, `:""`)
	case 5, 6:
		return c.field() + c.oneOf("=", "!=") + strconv.Quote(c.word()+c.oneOf("", "", "*"))
	case 7, 8:
		return c.field() + c.oneOf("=~", "=~", "!~") + "'" + c.regex(2) + "'"
	case 9:
		return "attributes:" + c.oneOf("a", "b", "n", "*")
	}
	return c.field() + ":" + strconv.Quote(c.word())
}

// regex returns a regular expression of at most this depth.
func (c chooser) regex(depth int) string {
	if depth == 0 {
		return c.oneOf(c.word(), c.word(), c.word(), c.oneOf(".", `\d`, "^", "$", `\b`, "[ab]", "[a-z]", "(?i:"+c.word()+")", `\x{FFFD}`, ""))
	}
	a, b := c.regex(depth-1), c.regex(depth-1)
	switch c.upTo(8) {
	case 0:
		return "(" + a + "|" + b + ")"
	case 1:
		return "(?:" + a + ")" + c.oneOf("?", "*", "+", "{2}", "{0,1}")
	case 2:
		return a + ".*" + b
	case 3:
		return "(?i)" + a
	}
	return a + b
}

// filter returns a filter, sometimes one inside somebody's scope.
func (c chooser) filter() *filter.Matcher {
	for {
		m, err := filter.Parse(c.query(2))
		if err != nil {
			continue // it is too long, or its expression too large
		}
		if c.upTo(6) > 0 {
			return m
		}
		if scope, err := filter.Parse(c.query(1)); err == nil {
			return filter.And(scope, m)
		}
	}
}

// entry returns an entry in which any field may be missing, and keys occur twice.
func (c chooser) entry() *entry.Entry {
	text := func() string {
		if c.upTo(3) == 0 {
			return ""
		}
		return c.word() + c.oneOf("", "", "", " ", "\xff", "\ufffd") + c.oneOf("", c.word())
	}
	e := &entry.Entry{
		Severity: entry.Severity(c.upTo(int(entry.MaxSeverity) + 1)),
		Service:  text(), Host: text(), Message: text() + text() + text(),
		TraceID: strings.ToLower(text()), SpanID: strings.ToLower(text()),
	}
	const second = 1_000_000_000
	e.Timestamp = [...]int64{0, -second, 1795268700*second - 1, 1795268700 * second, 1795268700*second + 1, 1795268701 * second}[c.upTo(6)]
	for range c.upTo(5) {
		e.Attributes = append(e.Attributes, entry.Attribute{Key: c.oneOf("a", "b", "c d", "n", "z"), Value: c.value()})
	}
	switch c.upTo(40) {
	case 0:
		e.Message = strings.Repeat(c.word(), 1+filter.MaxRegexText/8) + e.Message
	case 1: // about the edge of what a regular expression sees
		e.Message = strings.Repeat("-", filter.MaxRegexText-c.upTo(12)) + e.Message
	}
	return e
}

func (c chooser) value() string {
	return c.oneOf("", "0", "-0", "1", "1.5", "1e9", "0x1", "NaN", "x", c.word(), c.word(), c.word())
}

// describe returns an entry for a person to read.
func describe(e *entry.Entry) string {
	return fmt.Sprintf("%d %q %q %q %q %q %d %q", e.Severity, e.Service, e.Host, e.Message, e.TraceID, e.SpanID, e.Timestamp, e.Attributes)
}
