package soak

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/test/history"
)

// row is what one test has measured.
type row struct {
	order         int
	name          string
	input, faults string

	lost, twice, disordered int
	// leaked is how many goroutines the server has more than before, peak the most memory
	// that it had resident; -1 and 0 where that says nothing.
	leaked int
	peak   int64
	// recovery is how long the slowest recovery took. 0 where there was none.
	recovery time.Duration
	// remark is what else was measured.
	remark string
}

var (
	rowsMu sync.Mutex
	rows   []row
)

// report adds a row to the table, and fails the test if something was lost, came twice or
// out of order, or was left behind.
func report(t *testing.T, r row) {
	t.Helper()
	if r.lost+r.twice+r.disordered > 0 || r.leaked > 0 {
		t.Errorf("lost %d, twice %d, out of order %d, leaked %d", r.lost, r.twice, r.disordered, r.leaked)
	}
	rowsMu.Lock()
	defer rowsMu.Unlock()
	rows = append(rows, r)
}

// count takes the breaches of a check into the row, and tells them.
func (r *row) count(t *testing.T, result *history.Result) {
	t.Helper()
	if err := result.Err(); err != nil {
		t.Error(err)
	}
	for _, b := range result.Breaches {
		switch {
		case errors.Is(b, history.ErrMissing), errors.Is(b, history.ErrLost):
			r.lost++
		case errors.Is(b, history.ErrTwice):
			r.twice++
		case errors.Is(b, history.ErrOrder):
			r.disordered++
		}
	}
}

// table returns the rows as a table of Markdown.
func table() string {
	rowsMu.Lock()
	defer rowsMu.Unlock()
	slices.SortFunc(rows, func(a, b row) int { return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.name, b.name)) })
	var b strings.Builder
	b.WriteString("| test | input | faults | lost | twice | out of order | leaked goroutines | peak memory | time to recover | besides |\n")
	b.WriteString("|---|---|---|---:|---:|---:|---:|---:|---:|---|\n")
	for _, r := range rows {
		leaked, peak, recovery := "", "", ""
		if r.leaked >= 0 {
			leaked = fmt.Sprint(r.leaked)
		}
		if r.peak > 0 {
			peak = fmt.Sprintf("%d MiB", r.peak>>20)
		}
		if r.recovery > 0 {
			recovery = r.recovery.Round(10 * time.Millisecond).String()
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %d | %d | %d | %s | %s | %s | %s |\n",
			r.name, r.input, r.faults, r.lost, r.twice, r.disordered, leaked, peak, recovery, r.remark)
	}
	return b.String()
}

// tableName is that of the place of the table in the document.
const tableName = "soak"
