package ingest

import (
	"strconv"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// Accounts are forgotten as soon as they are full, also where one of the rates does not
// exist: an issuer may have any number of subjects.
func TestAccountsAreForgotten(t *testing.T) {
	for name, rates := range map[string]Rates{
		"both":        {Bytes: 1000, Burst: 1000, Entries: 1000},
		"bytes alone": {Bytes: 1000, Burst: 1000},
		"entries":     {Burst: 1000, Entries: 1000},
	} {
		l := newRateLimiter(rates, func(string) {})
		now := time.Unix(0, 0)
		for i := range 4 * sweepAt {
			now = now.Add(time.Second) // in which an account becomes full again
			if err := l.take(strconv.Itoa(i), []*entry.Entry{{Message: "text"}}, now); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(l.accounts); n > sweepAt {
			t.Errorf("with the rates of %s there are %d accounts", name, n)
		}
	}
}
