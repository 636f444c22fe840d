package ingest

import (
	"fmt"
	"maps"
	"sync"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
)

// Rates bound what one principal may have stored. One that is 0 does not exist.
type Rates struct {
	// Bytes is how many bytes of text a second, on average, and Burst how many at once
	// after a pause.
	Bytes, Burst int64
	// Entries is how many entries a second, on average, and at once after a pause.
	Entries int
}

// The names of the limits, as they are counted: the keys of the configuration.
const (
	limitBytes   = "ingest.rate_size"
	limitEntries = "ingest.rate_entries"
)

// rateLimiter holds each principal to the rates. It is safe for concurrent use.
//
// A batch is taken whole or not at all: whole if anything is left of the allowance, which
// it may overdraw, and then nothing is until the debt is paid. So no batch is too large
// to be ever taken, and the average holds.
type rateLimiter struct {
	rates Rates
	hit   func(limit string)

	mu       sync.Mutex
	accounts map[string]account // by the name of the principal
}

// account is what is left of the allowances of a principal at a time.
type account struct {
	bytes, entries float64 // below 0: overdrawn
	at             time.Time
}

// sweepAt is how many accounts there may be before those that are full are forgotten: one
// that is full says nothing.
const sweepAt = 1024

func newRateLimiter(rates Rates, hit func(limit string)) *rateLimiter {
	return &rateLimiter{rates: rates, hit: hit, accounts: make(map[string]account)}
}

// take charges a batch to a principal. The error is a *fault.Problem with the time after
// which it may be sent again.
func (l *rateLimiter) take(name string, entries []*entry.Entry, now time.Time) error {
	size := 0
	for _, e := range entries {
		size += textSize(e)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	a, known := l.accounts[name]
	if !known && len(l.accounts) >= sweepAt {
		maps.DeleteFunc(l.accounts, func(_ string, old account) bool { return l.isFull(l.filled(old, true, now)) })
	}
	a = l.filled(a, known, now)
	defer func() { l.accounts[name] = a }()
	switch {
	case l.rates.Bytes > 0 && a.bytes <= 0:
		l.hit(limitBytes)
		return tooFast(fmt.Sprintf("%d bytes", l.rates.Bytes), -a.bytes/float64(l.rates.Bytes))
	case l.rates.Entries > 0 && a.entries <= 0:
		l.hit(limitEntries)
		return tooFast(fmt.Sprintf("%d entries", l.rates.Entries), -a.entries/float64(l.rates.Entries))
	}
	a.bytes -= float64(size)
	a.entries -= float64(len(entries))
	return nil
}

// filled returns an account with what has come to it since it was last looked at.
func (l *rateLimiter) filled(a account, known bool, now time.Time) account {
	if !known {
		return account{float64(l.rates.Burst), float64(l.rates.Entries), now}
	}
	seconds := max(now.Sub(a.at).Seconds(), 0)
	return account{
		bytes:   min(a.bytes+seconds*float64(l.rates.Bytes), float64(l.rates.Burst)),
		entries: min(a.entries+seconds*float64(l.rates.Entries), float64(l.rates.Entries)),
		at:      now,
	}
}

// isFull tells whether an account says nothing. What a rate that does not exist is charged
// does not come back.
func (l *rateLimiter) isFull(a account) bool {
	return (l.rates.Bytes == 0 || a.bytes >= float64(l.rates.Burst)) &&
		(l.rates.Entries == 0 || a.entries >= float64(l.rates.Entries))
}

// tooFast refuses a batch for so many seconds.
func tooFast(rate string, seconds float64) error {
	// A little more than the debt, so that whoever comes back then finds something left.
	wait := time.Duration(seconds*float64(time.Second)) + 50*time.Millisecond
	return &fault.Problem{
		Code: codes.ResourceExhausted, Reason: "TOO_FAST", RetryAfter: wait,
		Message: fmt.Sprintf("your credentials may store %s a second, and you have sent more", rate),
		Hint:    "nothing of this request was stored: send it again later",
	}
}

// textSize is the number of bytes of an entry's texts.
func textSize(e *entry.Entry) int {
	n := len(e.Message) + len(e.Service) + len(e.Host)
	for i := range e.Attributes {
		n += len(e.Attributes[i].Key) + len(e.Attributes[i].Value)
	}
	return n
}
