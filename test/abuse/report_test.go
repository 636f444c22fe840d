package abuse

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// tableName is that of the place in the document.
const tableName = "abuse"

// row is what one attack came to.
type row struct {
	order  int
	attack string
	// tries says how much of it there was, expected what had to happen, got what did.
	tries, expected, got string
	// peak is the most memory that the server had resident, leaked how many goroutines it
	// had more than before.
	peak   int64
	leaked int
	// quiet and beside are how the neighbour fared before the attack and during it.
	quiet, beside latency
}

var (
	rowsMu sync.Mutex
	rows   []row
)

func report(t *testing.T, r row) {
	t.Helper()
	t.Logf("%s: %s: %s", r.attack, r.tries, r.got)
	rowsMu.Lock()
	defer rowsMu.Unlock()
	rows = append(rows, r)
}

// table returns the rows as a table of Markdown.
func table() string {
	rowsMu.Lock()
	defer rowsMu.Unlock()
	slices.SortFunc(rows, func(a, b row) int { return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.attack, b.attack)) })
	var b strings.Builder
	b.WriteString("| attack | tries | expected | got | peak memory | leaked goroutines | p99 beside it | p99 in quiet |\n")
	b.WriteString("|---|---:|---|---|---:|---:|---:|---:|\n")
	for _, r := range rows {
		peak, leaked := "", ""
		if r.peak > 0 {
			peak, leaked = fmt.Sprintf("%d MiB", r.peak>>20), fmt.Sprint(r.leaked)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s |\n",
			r.attack, r.tries, r.expected, r.got, peak, leaked, r.beside, r.quiet)
	}
	return b.String()
}

// tally counts how tries ended. It is safe for concurrent use.
type tally struct {
	mu    sync.Mutex
	count map[string]int
}

func (c *tally) add(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count == nil {
		c.count = map[string]int{}
	}
	c.count[what]++
}

func (c *tally) total() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.count {
		n += m
	}
	return n
}

// String returns the counts, the largest first.
func (c *tally) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	keys := make([]string, 0, len(c.count))
	for key := range c.count {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(c.count[b], c.count[a]), cmp.Compare(a, b)) })
	for i, key := range keys {
		keys[i] = fmt.Sprintf("%d × %s", c.count[key], key)
	}
	return strings.Join(keys, ", ")
}

// latency is how long entries took from their writing to their arrival.
type latency struct {
	Samples  int
	P50, P99 time.Duration
}

func (l latency) String() string {
	if l.Samples == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f ms", float64(l.P99)/float64(time.Millisecond))
}
