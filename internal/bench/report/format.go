package report

import (
	"math"
	"strconv"
	"strings"
)

// number writes a figure with three digits that mean something, and thousands apart.
func number(v float64) string {
	switch abs := math.Abs(v); {
	case abs >= 100:
		return thousands(strconv.FormatFloat(math.Round(v), 'f', 0, 64))
	case abs >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case v == math.Trunc(v):
		return strconv.FormatFloat(v, 'f', 0, 64)
	case abs >= 0.1:
		return strconv.FormatFloat(v, 'f', 2, 64)
	default:
		return strconv.FormatFloat(v, 'g', 2, 64)
	}
}

func thousands(digits string) string {
	var b strings.Builder
	for i, c := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 && digits[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return b.String()
}

func count(n uint64) string { return thousands(strconv.FormatUint(n, 10)) }

// goal writes the bound, and verdict whether it was met.
func (m *Measure) goal() string {
	switch {
	case m.Goal == nil:
		return ""
	case m.Goal.AtLeast:
		return "≥ " + number(m.Goal.Bound)
	default:
		return "≤ " + number(m.Goal.Bound)
	}
}

func (m *Measure) verdict() string {
	switch {
	case m.Goal == nil:
		return ""
	case m.Met():
		return "met"
	default:
		return "missed"
	}
}

// ceiling writes the figures of barer things, and ratio how many times as much ours is.
func (m *Measure) ceiling() string {
	texts := make([]string, len(m.Ceilings))
	for i, c := range m.Ceilings {
		texts[i] = number(c.Value) + " (" + c.What + ")"
	}
	return strings.Join(texts, ", ")
}

func (m *Measure) ratio() string {
	texts := make([]string, len(m.Ceilings))
	for i, c := range m.Ceilings {
		texts[i] = number(m.Value / c.Value)
	}
	return strings.Join(texts, ", ")
}
