package report

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// The chart, in pixels.
const (
	chartWidth, chartHeight = 720, 400
	plotLeft, plotRight     = 80, 690
	plotTop, plotBottom     = 50, 330
)

// colours of the series, apart for those who see few.
var colours = [...]string{"#0b6e99", "#d9730d", "#6b3fa0", "#2e7d32", "#b3261e", "#5d4037", "#455a64"}

// SVG draws the curve. It has a background of its own, since a page may be dark.
func (c *Curve) SVG() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13">`+"\n", chartWidth, chartHeight)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", chartWidth, chartHeight)
	fmt.Fprintf(&b, `<text x="%d" y="28" font-size="15" font-weight="bold">%s</text>`+"\n", plotLeft, html.EscapeString(c.Title))
	x, y := c.scales()
	x.draw(&b, c.X.Label, func(at float64) (x1, y1, x2, y2 float64) { return at, plotTop, at, plotBottom })
	y.draw(&b, c.Y.Label, func(at float64) (x1, y1, x2, y2 float64) { return plotLeft, at, plotRight, at })
	for i, s := range c.Series {
		colour := colours[i%len(colours)]
		var path strings.Builder
		for _, p := range s.Points {
			fmt.Fprintf(&path, "%.1f,%.1f ", x.at(p.X), y.at(p.Y))
			fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="3.5" fill="%s"><title>%s: %s</title></circle>`+"\n",
				x.at(p.X), y.at(p.Y), colour, number(p.X), number(p.Y))
		}
		fmt.Fprintf(&b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n", strings.TrimSpace(path.String()), colour)
		if len(c.Series) > 1 {
			fmt.Fprintf(&b, `<text x="%d" y="%d" fill="%s">%s</text>`+"\n", plotLeft+12, plotTop+18*(i+1), colour, html.EscapeString(s.Name))
		}
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// scales returns where figures lie, with room for all.
func (c *Curve) scales() (x, y scale) {
	x = scale{log: c.X.Log, low: math.Inf(1), high: math.Inf(-1), begin: plotLeft, end: plotRight}
	y = scale{log: c.Y.Log, low: math.Inf(1), high: math.Inf(-1), begin: plotBottom, end: plotTop}
	for _, s := range c.Series {
		for _, p := range s.Points {
			x.low, x.high = min(x.low, p.X), max(x.high, p.X)
			y.low, y.high = min(y.low, p.Y), max(y.high, p.Y)
		}
	}
	x.round()
	y.round()
	return x, y
}
