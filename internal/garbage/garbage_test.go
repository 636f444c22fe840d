package garbage

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPercentFor(t *testing.T) {
	const mib = 1 << 20
	for _, test := range []struct {
		live, headroom uint64
		want           int
	}{
		{0, 32 * mib, 800},
		{4 * mib, 32 * mib, 800},
		{8 * mib, 32 * mib, 400},
		{32 * mib, 32 * mib, 100},
		{1 << 40, 32 * mib, 100},
		{mib, 0, 100},
	} {
		if got := percentFor(test.live, test.headroom); got != test.want {
			t.Errorf("with %d MiB in use and a headroom of %d MiB: %d %%, want %d %%",
				test.live/mib, test.headroom/mib, got, test.want)
		}
	}
}

// goal returns how large the heap may grow before the next collection.
func goal() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/goal:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// settle collects until the goal is at most limit. The percentage is set by the runtime's
// goroutine for cleanups, some time after a collection.
func settle(limit uint64) bool {
	for range 1000 {
		if goal() <= limit {
			return true
		}
		runtime.GC()
		runtime.Gosched()
	}
	return false
}

// TestHeadroom checks that a small heap may grow, that a large one only doubles, and that
// all is as before when it was stopped.
func TestHeadroom(t *testing.T) {
	t.Setenv("GOGC", "")
	const mib = 1 << 20
	const headroom = 64 * mib
	stop := Headroom(headroom)
	if g := goal(); g < headroom/2 {
		t.Errorf("a small heap is collected at %d MiB, with a headroom of %d MiB", g/mib, headroom/mib)
	}
	large := make([]byte, 256*mib)
	runtime.GC()
	if !settle(2*uint64(len(large)) + headroom) {
		t.Errorf("a heap of %d MiB is collected at %d MiB", len(large)/mib, goal()/mib)
	}
	runtime.KeepAlive(large)
	stop()
	if !settle(headroom / 2) {
		t.Errorf("stopped, a small heap is collected at %d MiB", goal()/mib)
	}
}

// TestOwnSetting checks that whoever sets GOGC has it.
func TestOwnSetting(t *testing.T) {
	t.Setenv("GOGC", "50")
	before := debug.SetGCPercent(50)
	defer debug.SetGCPercent(before)
	Headroom(1 << 30)()
	runtime.GC()
	if now := debug.SetGCPercent(50); now != 50 {
		t.Errorf("GOGC was 50 and is %d", now)
	}
}
