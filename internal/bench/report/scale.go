package report

import (
	"fmt"
	"html"
	"io"
	"math"
)

// scale is an axis with its bounds, low at begin and high at end, in pixels.
type scale struct {
	log        bool
	low, high  float64
	begin, end float64
}

// round widens the bounds: to powers of ten, or from 0 to a figure of one digit.
func (s *scale) round() {
	if s.log {
		s.low = math.Pow(10, math.Floor(math.Log10(s.low)))
		s.high = math.Pow(10, math.Ceil(math.Log10(s.high)))
		if s.low == s.high {
			s.high *= 10
		}
		return
	}
	digit := math.Pow(10, math.Floor(math.Log10(s.high)))
	s.low, s.high = 0, digit*math.Ceil(s.high/digit)
}

// at returns where a figure lies.
func (s *scale) at(v float64) float64 {
	share := (v - s.low) / (s.high - s.low)
	if s.log {
		share = math.Log(v/s.low) / math.Log(s.high/s.low)
	}
	return s.begin + share*(s.end-s.begin)
}

// ticks returns the figures that are written on the axis.
func (s *scale) ticks() (all []float64) {
	if s.log {
		for v := s.low; v <= s.high*1.001; v *= 10 {
			all = append(all, v)
		}
		return all
	}
	const steps = 5
	for i := range steps + 1 {
		all = append(all, s.high*float64(i)/steps)
	}
	return all
}

// draw draws the axis. line returns the line across the plot for a place on it.
func (s *scale) draw(to io.Writer, label string, line func(at float64) (x1, y1, x2, y2 float64)) {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(to, format, args...) } // into memory
	upright := s.begin > s.end
	for _, v := range s.ticks() {
		x1, y1, x2, y2 := line(s.at(v))
		say(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#ddd"/>`+"\n", x1, y1, x2, y2)
		if upright {
			say(`<text x="%.1f" y="%.1f" text-anchor="end">%s</text>`+"\n", x1-8, y1+4, number(v))
		} else {
			say(`<text x="%.1f" y="%.1f" text-anchor="middle">%s</text>`+"\n", x2, y2+20, number(v))
		}
	}
	text := html.EscapeString(label)
	if upright {
		middle := (plotTop + plotBottom) / 2
		say(`<text x="22" y="%d" text-anchor="middle" transform="rotate(-90 22 %d)">%s</text>`+"\n", middle, middle, text)
		return
	}
	say(`<text x="%d" y="%d" text-anchor="middle">%s</text>`+"\n", (plotLeft+plotRight)/2, chartHeight-22, text)
}
