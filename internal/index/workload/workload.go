package workload

import (
	"fmt"
	"strings"

	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// Workload makes filters as people write them about some traffic: 40 % a service from a
// severity on, 25 % an exact value, 20 % a part of the message, 10 % a regular
// expression (2 % of them require no text, most of these beside a service), 5 % with OR
// or NOT. It is not safe for concurrent use.
type Workload struct {
	*Traffic
	// pool are filters that many people use: those of dashboards and of runbooks.
	pool []string
	// shared is the part of people who use one of the pool.
	shared float64
}

// New returns the workload of a seed, in which share (0 to 1) of the subscribers use a
// filter of a pool of 400, and the others their own.
func New(seed uint64, share float64) *Workload {
	w := &Workload{Traffic: NewTraffic(seed), shared: share}
	const popular = 400
	for range popular {
		w.pool = append(w.pool, w.own())
	}
	return w
}

func (w *Workload) query() string {
	if w.random.Float64() < w.shared {
		return w.pool[w.random.IntN(len(w.pool))]
	}
	return w.own()
}

// own returns a filter that somebody wrote alone.
func (w *Workload) own() string {
	switch n := w.random.IntN(100); {
	case n < 40:
		return "service=" + w.service() + " severity>=" + w.minSeverity()
	case n < 65:
		return w.equality()
	case n < 85:
		return w.phrase()
	case n < 95:
		return w.expression()
	}
	switch w.random.IntN(4) {
	case 0:
		return "(" + w.phrase() + " OR " + w.phrase() + ") severity>=" + w.minSeverity()
	case 1:
		return "service=" + w.service() + " -" + w.phrase()
	case 2:
		return "(service=" + w.service() + " OR service=" + w.service() + ") -" + w.phrase()
	}
	return w.phrase() + " -service=" + w.service()
}

func (w *Workload) minSeverity() string {
	return []string{"DEBUG", "INFO", "WARN", "WARN", "ERROR", "ERROR", "ERROR", "FATAL"}[w.random.IntN(8)]
}

func (w *Workload) equality() string {
	switch w.random.IntN(10) {
	case 0, 1, 2, 3:
		return "attributes.user_id=" + w.user()
	case 4, 5, 6:
		return "trace_id=" + w.traceID()
	case 7, 8:
		return "host=" + w.host()
	}
	return "attributes.k8s.pod=" + w.pod()
}

// part returns a few words in a row of a message, values among them.
func (w *Workload) part() string {
	parts := w.templates[w.random.IntN(len(w.templates))]
	n := min(len(parts), []int{1, 2, 2, 2, 3}[w.random.IntN(5)])
	begin := w.random.IntN(len(parts) - n + 1)
	var texts []string
	for _, part := range parts[begin : begin+n] {
		texts = append(texts, w.value(part))
	}
	return strings.Join(texts, " ")
}

func (w *Workload) phrase() string { return fmt.Sprintf("%q", w.part()) }

func (w *Workload) expression() string {
	if w.random.IntN(50) > 0 {
		return `message=~"` + w.expressionWithText() + `"`
	}
	scope := "service=" + w.service() + " "
	if w.random.IntN(4) == 0 {
		scope = ""
	}
	free := []string{`\d{5}`, `[a-f0-9]{8} \w+ [a-f0-9]{8}`, `^\w+ \w+ \d`, `\d+$`}
	return scope + `message=~"` + free[w.random.IntN(len(free))] + `"`
}

func (w *Workload) expressionWithText() string {
	part := strings.NewReplacer(".", `\.`).Replace(w.part())
	switch w.random.IntN(6) {
	case 0:
		return "(?i)" + part
	case 1:
		return part + ".*" + w.word()
	case 2:
		return part + ` \d+`
	case 3:
		return "(" + part + "|" + w.word() + " " + w.word() + ")"
	case 4:
		return "^" + part
	}
	return w.word() + `\s+` + part
}

func (w *Workload) word() string { return words[w.random.IntN(len(words))] }

// Matchers returns the filters of n subscribers, equal ones compiled once. It fails only
// if the query language has changed.
func (w *Workload) Matchers(n int) ([]*filter.Matcher, error) {
	known := make(map[string]*filter.Matcher)
	all := make([]*filter.Matcher, n)
	for i := range all {
		q := w.query()
		if known[q] == nil {
			m, err := filter.Parse(q)
			if err != nil {
				return nil, fmt.Errorf("parse %q: %w", q, err)
			}
			known[q] = m
		}
		all[i] = known[q]
	}
	return all, nil
}
