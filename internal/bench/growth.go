package bench

import (
	"math"

	"github.com/seed-2f16ea30/logsieve/internal/bench/report"
)

// doubling returns by how many per cent Y grows when X doubles, on average over the whole
// of a curve: each single step is within what a shared machine gives or takes.
func doubling(points []report.Point) float64 {
	if len(points) < 2 {
		return 0
	}
	first, last := points[0], points[len(points)-1]
	doublings := math.Log2(last.X / first.X)
	if doublings == 0 {
		return 0
	}
	return 100 * (math.Pow(last.Y/first.Y, 1/doublings) - 1)
}

// exponent returns the power of X with which Y grows, from the first point to the last.
func exponent(points []report.Point) float64 {
	first, last := points[0], points[len(points)-1]
	return math.Log(last.Y/first.Y) / math.Log(last.X/first.X)
}
