// Package garbage sets how often the process collects its garbage.
//
// Go collects when the heap has doubled, so that a server with little in memory, as one that
// replays its log is, collects every few megabytes: a third of its time. [Headroom] lets a
// small heap grow by a fixed number of bytes first. A large one still doubles, so the
// process never takes more than that number of bytes more than it did.
package garbage

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// usual is Go's own setting, in per cent of what is in use.
const usual = 100

// Headroom lets the heap grow by at least this many bytes between two collections, until
// stop is called. It is a setting of the whole process: where it is called several times, the
// last call counts. GOMEMLIMIT holds as ever, and where GOGC is set it does nothing: whoever
// has set it knows better. Stop may be called once.
func Headroom(bytes uint64) (stop func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	s := &setting{headroom: bytes}
	s.set()
	s.watch()
	return func() {
		s.stopped.Store(true)
		debug.SetGCPercent(usual)
	}
}

// setting is a call of Headroom.
type setting struct {
	headroom uint64
	stopped  atomic.Bool
	// percent is what was set last. One goroutine's at a time: first that of Headroom, then
	// the runtime's for cleanups.
	percent int
}

// sentinel is collected with every collection. It holds a pointer, since the runtime puts
// small objects without one together, and keeps all for the sake of one.
type sentinel struct{ _ *setting }

// watch calls set after the next collection, and every one behind it. A ticker would be
// late: while the heap grows fast, a percentage that was right for a small one takes gigabytes.
func (s *setting) watch() {
	runtime.AddCleanup(new(sentinel), func(s *setting) {
		if s.stopped.Load() {
			return
		}
		s.set()
		s.watch()
	}, s)
}

// set adapts the percentage to what is in use.
func (s *setting) set() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	percent := percentFor(live[0].Value.Uint64(), s.headroom)
	// Each change stops the world for some 10 µs: not for a small one.
	if small := s.percent / 10; percent > s.percent+small || percent < s.percent-small {
		debug.SetGCPercent(percent)
		s.percent = percent
	}
}

// percentFor returns how many per cent of what is in use the heap may grow by.
func percentFor(live, headroom uint64) int {
	// The heap of a process that has just begun is no measure.
	const least = 4 << 20
	return int(max(usual, usual*headroom/max(live, least))) //nolint:gosec // G115: at most headroom / 4 MiB of 100 %.
}
