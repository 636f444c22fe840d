package monitor

import "time"

// idle notices when a stream has been live for so long without anything to send and
// without another filter. The zero value never does.
//
// The clock is looked at once for each piece of work, not for each entry.
type idle struct {
	after   time.Duration
	timer   *time.Timer // nil if a stream may be idle for ever
	since   time.Time   // the last work
	matched int         // how many entries had matched then
}

func newIdle(after time.Duration) idle {
	if after == 0 {
		return idle{}
	}
	return idle{after: after, timer: time.NewTimer(after), since: time.Now()}
}

// worked tells that something was asked, or that the stream was behind until now.
func (i *idle) worked() {
	if i.timer != nil {
		i.since = time.Now()
	}
}

// matches tells how many entries have matched so far.
func (i *idle) matches(matched int) {
	if matched != i.matched {
		i.matched = matched
		i.worked()
	}
}

// due receives when the stream may have been idle for too long.
func (i *idle) due() <-chan time.Time {
	if i.timer == nil {
		return nil
	}
	return i.timer.C
}

// over tells whether it was, and looks again later if not.
func (i *idle) over() bool {
	left := i.after - time.Since(i.since)
	if left > 0 {
		i.timer.Reset(left)
	}
	return left <= 0
}

func (i *idle) stop() {
	if i.timer != nil {
		i.timer.Stop()
	}
}
