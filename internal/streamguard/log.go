package streamguard

import (
	"slices"
	"sync"
)

// Log collects violations. Its zero value is ready; its methods are safe for concurrent
// use.
type Log struct {
	mu         sync.Mutex
	violations []string
}

// Add is a report that keeps the violation.
func (l *Log) Add(violation string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.violations = append(l.violations, violation)
}

// Violations returns those that were added so far.
func (l *Log) Violations() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.violations)
}

// Check reports every violation to a test as an error. Call it when all streams have
// ended, as t.Cleanup does if it is registered before what ends them.
func (l *Log) Check(t test) {
	t.Helper()
	for _, violation := range l.Violations() {
		t.Errorf("stream guard: %s", violation)
	}
}

// test is as much of testing.TB as Check needs. The package itself must not import testing.
type test interface {
	Helper()
	Errorf(format string, args ...any)
}
