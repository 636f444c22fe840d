package report

import (
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/bench/load"
)

// Report is the outcome of a run. Its JSON is for other programs: fields are added, and
// keep their names.
type Report struct {
	Version string    `json:"version"`
	Begun   time.Time `json:"begun"`
	Seconds float64   `json:"seconds"` // how long the run took
	Command string    `json:"command"`
	Machine Machine   `json:"machine"`

	Measures   []Measure    `json:"measures"`
	Deliveries []Deliveries `json:"deliveries"`
	Curves     []Curve      `json:"curves"`
	// Skipped are rows that cannot be measured here, Failed those that should have been.
	Skipped []Unmeasured `json:"skipped,omitempty"`
	Failed  []Unmeasured `json:"failed,omitempty"`
}

// Measure is one figure.
type Measure struct {
	Row   string  `json:"row"` // the name under which it can be asked for
	What  string  `json:"what"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	// Goal is what it should be; nil if there is none.
	Goal *Goal `json:"goal,omitempty"`
	// Ceilings are the same measured without logsieve, in the same minute.
	Ceilings []Ceiling `json:"ceilings,omitempty"`
}

// Goal is a bound of a figure.
type Goal struct {
	Bound float64 `json:"bound"`
	// AtLeast tells that more is better; otherwise less is.
	AtLeast bool `json:"at_least"`
}

// Ceiling is a figure of something barer.
type Ceiling struct {
	What  string  `json:"what"`
	Value float64 `json:"value"`
}

// Deliveries says what the streams of a row were sent, together.
type Deliveries struct {
	Row     string `json:"row"`
	Streams int    `json:"streams"`
	load.Counts
}

// Unmeasured is a row without figures, or without all of them.
type Unmeasured struct {
	Row string `json:"row"`
	Why string `json:"why"`
}

// AtLeast and AtMost return goals.
func AtLeast(bound float64) *Goal { return &Goal{Bound: bound, AtLeast: true} }

// AtMost returns the goal of a figure of which less is better.
func AtMost(bound float64) *Goal { return &Goal{Bound: bound} }

// Met tells whether a figure reaches its goal. One without a goal does.
func (m *Measure) Met() bool {
	switch {
	case m.Goal == nil:
		return true
	case m.Goal.AtLeast:
		return m.Value >= m.Goal.Bound
	default:
		return m.Value <= m.Goal.Bound
	}
}

// Missed returns the figures that do not reach their goals.
func (r *Report) Missed() (missed []Measure) {
	for _, m := range r.Measures {
		if !m.Met() {
			missed = append(missed, m)
		}
	}
	return missed
}

// Faults returns how many deliveries went wrong, in all rows. Any but 0 is a failure.
func (r *Report) Faults() (n uint64) {
	for i := range r.Deliveries {
		n += r.Deliveries[i].Faults()
	}
	return n
}
