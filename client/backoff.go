package client

import (
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Backoff paces how a lost stream is opened again: each wait is drawn evenly between 0 and
// a bound, which begins at Initial and doubles up to Max. Drawing from the whole range
// ("full jitter") spreads the clients of a server that comes back over the whole time.
type Backoff struct {
	// Initial bounds the first wait. Above 0.
	Initial time.Duration
	// Max is the highest bound. At least Initial.
	Max time.Duration
}

// DefaultBackoff returns the pace that is back within a tenth of a second after a blip, and
// asks a server that stays away every 2.5 s on average: from 100 ms to 5 s.
func DefaultBackoff() Backoff {
	return Backoff{Initial: 100 * time.Millisecond, Max: 5 * time.Second}
}

const backoffMultiplier = 2

// pace draws the waits of one stream.
type pace struct {
	backoff.ExponentialBackOff
}

func (b Backoff) pace() pace {
	// The library draws from interval ± factor·interval: with a factor of 1 and half the
	// bound as the interval, from 0 to the bound.
	return pace{backoff.ExponentialBackOff{
		InitialInterval: max(b.Initial/2, 1), MaxInterval: max(b.Max/2, 1),
		RandomizationFactor: 1, Multiplier: backoffMultiplier,
	}}
}

// next returns how long to wait, at least the time that the server has asked for.
func (p *pace) next(asked time.Duration) time.Duration {
	return asked + p.NextBackOff()
}
