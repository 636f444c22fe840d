package monitor

import (
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// sampler keeps a stream below a number of entries a second: the first ones of each
// second are sent, the others are left out and counted. The zero value admits all.
type sampler struct {
	perSecond int
	second    time.Time // when the current second began
	sent      int       // in it

	// What was left out and not told yet: behind from, up to and including to.
	from, to entry.Position
	missed   uint64
	timer    *time.Timer // fires when that should be told, if nothing else comes
}

// limit sets the number of entries a second; 0 is no limit.
func (s *sampler) limit(perSecond int) { s.perSecond, s.sent = perSecond, 0 }

func (s *sampler) enabled() bool { return s.perSecond > 0 }

// admit tells whether an entry may be sent. One that may not is counted; reached is the
// position before it.
func (s *sampler) admit(now time.Time, reached, position entry.Position) bool {
	if now.Sub(s.second) >= time.Second {
		s.second, s.sent = now, 0
	}
	if s.sent < s.perSecond {
		s.sent++
		return true
	}
	if s.missed == 0 {
		s.from = reached
		s.timer = time.NewTimer(time.Second)
	}
	s.to = position
	s.missed++
	return false
}

// take returns what was left out and has not been told, and forgets it.
func (s *sampler) take() (from, to entry.Position, missed uint64) {
	from, to, missed = s.from, s.to, s.missed
	if missed > 0 {
		s.timer.Stop()
		s.missed, s.timer = 0, nil
	}
	return from, to, missed
}

// due receives when what was left out should be told.
func (s *sampler) due() <-chan time.Time {
	if s.timer == nil {
		return nil
	}
	return s.timer.C
}
