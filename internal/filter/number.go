package filter

import (
	"math"
	"strconv"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// number is a predicate: the field's text is a decimal number, and less or greater than
// this one. There is no order of texts: a text that is not a number is false.
type number struct {
	field field
	op    operator
	bound float64
}

var _ predicate = (*number)(nil)

func (p *number) match(e *entry.Entry) bool {
	text, ok := p.field.text(e)
	if !ok {
		return false
	}
	n, ok := parseNumber(text)
	return ok && compares(p.op, n, p.bound)
}

func (p *number) cost() Cost { return p.field.cost() + costNumber }

func (p *number) requirements() []Requirement { return p.field.bounded(p.op, order(p.bound)) }

func (p *number) appendText(b []byte) []byte {
	b = append(p.field.appendName(b), p.op...)
	// Digits as people write them, unless there would be very many.
	const longest, smallest = 1e15, 1e-6
	if a := math.Abs(p.bound); a != 0 && (a >= longest || a < smallest) {
		return strconv.AppendFloat(b, p.bound, 'g', -1, 64)
	}
	return strconv.AppendFloat(b, p.bound, 'f', -1, 64)
}

// parseNumber reads a decimal number such as -1, .5 or 2.5e3. Everything else that
// strconv takes (hexadecimal, Inf, NaN, underscores) is refused before strconv sees it,
// as is what is no number at all: its errors are allocated.
func parseNumber(text string) (float64, bool) {
	if !isDecimal(text) {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n + 0, err == nil // -0 + 0 is 0
}

// Number reads a text as a comparison with < and the like reads it, and returns its
// place in the order of numbers: of two of them, the greater has the greater place. It
// returns false if the text is not a decimal number.
func Number(text string) (place int64, ok bool) {
	n, ok := parseNumber(text)
	return order(n), ok
}

// order maps numbers to integers that have the same order. Neighbours stay neighbours,
// so that above n is at least order(n)+1.
func order(n float64) int64 {
	bits := int64(math.Float64bits(n))       //nolint:gosec // G115: the bits are taken as they are.
	return bits ^ int64(uint64(bits>>63)>>1) // all but the sign are turned over where it is set
}

// isDecimal checks for [+-] digits [. digits] [e [+-] digits], where one side of the
// point may be empty.
func isDecimal(s string) bool {
	s = trimSign(s)
	whole := countDigits(s)
	s = s[whole:]
	fraction := 0
	if s != "" && s[0] == '.' {
		fraction = countDigits(s[1:])
		s = s[1+fraction:]
	}
	if whole+fraction == 0 {
		return false
	}
	if s == "" {
		return true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return false
	}
	s = trimSign(s[1:])
	return s != "" && countDigits(s) == len(s)
}

func trimSign(s string) string {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		return s[1:]
	}
	return s
}

func countDigits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}
