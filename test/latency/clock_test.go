package latency

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// clock takes the time of each of n messages.
type clock struct {
	mu           sync.Mutex
	left, taken  []time.Time
	twice, alien int
}

func newClock(n int) *clock { return &clock{left: make([]time.Time, n), taken: make([]time.Time, n)} }

// numbered gives a message its number.
func numbered(i int, text string) string { return strconv.Itoa(i) + " " + text }

func (c *clock) leaves(i int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left[i] = time.Now()
}

func (c *clock) arrived(message string) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	text, _, _ := strings.Cut(message, " ")
	i, err := strconv.Atoi(text)
	switch {
	case err != nil || i < 0 || i >= len(c.taken):
		c.alien++
	case !c.taken[i].IsZero():
		c.twice++
	default:
		c.taken[i] = now
	}
}

// add adds the times, of which none may be missing.
func (c *clock) add(t *testing.T, into *samples) {
	t.Helper()
	missing := 0
	for i, taken := range c.taken {
		if taken.IsZero() {
			missing++
			continue
		}
		into.times = append(into.times, taken.Sub(c.left[i]))
	}
	if missing+c.twice+c.alien > 0 {
		t.Errorf("%s: of %d messages %d are missing, %d came twice, %d were never sent", into.name, len(c.taken), missing, c.twice, c.alien)
	}
}
