package report

// Curve is how figures grow with something.
type Curve struct {
	Name   string   `json:"name"` // of the file: growth-filters
	Title  string   `json:"title"`
	X      Axis     `json:"x"`
	Y      Axis     `json:"y"`
	Series []Series `json:"series"`
}

// Axis is one direction of a chart.
type Axis struct {
	Label string `json:"label"`
	// Log is for figures of several magnitudes, all above 0.
	Log bool `json:"log"`
}

// Series is one line of a chart.
type Series struct {
	Name   string  `json:"name"`
	Points []Point `json:"points"`
}

// Point is one figure.
type Point struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}
