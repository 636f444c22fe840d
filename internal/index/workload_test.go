package index_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// workload makes filters as people write them about some traffic: 40 % a service from a
// severity on, 25 % an exact value, 20 % a part of the message, 10 % a regular
// expression (2 % of them require no text, most of these beside a service), 5 % with OR
// or NOT.
type workload struct {
	*traffic
	// pool are filters that many people use: those of dashboards and of runbooks.
	pool []string
	// shared is the part of people who use one of the pool.
	shared float64
}

func newWorkload(seed uint64, share float64) *workload {
	w := &workload{traffic: newTraffic(seed), shared: share}
	const popular = 400
	for range popular {
		w.pool = append(w.pool, w.own())
	}
	return w
}

func (w *workload) query() string {
	if w.random.Float64() < w.shared {
		return w.pool[w.random.IntN(len(w.pool))]
	}
	return w.own()
}

// own returns a filter that somebody wrote alone.
func (w *workload) own() string {
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

func (w *workload) minSeverity() string {
	return []string{"DEBUG", "INFO", "WARN", "WARN", "ERROR", "ERROR", "ERROR", "FATAL"}[w.random.IntN(8)]
}

func (w *workload) equality() string {
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
func (w *workload) part() string {
	parts := w.templates[w.random.IntN(len(w.templates))]
	n := min(len(parts), []int{1, 2, 2, 2, 3}[w.random.IntN(5)])
	begin := w.random.IntN(len(parts) - n + 1)
	var texts []string
	for _, part := range parts[begin : begin+n] {
		texts = append(texts, w.value(part))
	}
	return strings.Join(texts, " ")
}

func (w *workload) phrase() string { return fmt.Sprintf("%q", w.part()) }

func (w *workload) expression() string {
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

func (w *workload) expressionWithText() string {
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

func (w *workload) word() string { return words[w.random.IntN(len(words))] }

// matchers returns the filters of so many subscribers.
func (w *workload) matchers(tb testing.TB, n int) []*filter.Matcher {
	tb.Helper()
	known := make(map[string]*filter.Matcher)
	all := make([]*filter.Matcher, n)
	for i := range all {
		q := w.query()
		if known[q] == nil {
			known[q] = mustParse(tb, q)
		}
		all[i] = known[q]
	}
	return all
}
