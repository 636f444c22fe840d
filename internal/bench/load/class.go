package load

import (
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// Class is a part of all entries, which a filter selects: those whose number leaves Rest
// when it is divided by Of.
type Class struct{ Of, Rest uint64 }

// classes is how many combinations of service and status there are: each is one per cent.
const classes = 100

// Everything is every entry.
func Everything() Class { return Class{Of: 1} }

// OnePercent returns the class of the entries with one service and one status. All n
// from 0 to 99 together are everything; beyond, they repeat.
func OnePercent(n int) Class {
	return Class{Of: classes, Rest: uint64(n % classes)} //nolint:gosec // G115: n is not negative.
}

// Filter returns a filter that selects exactly the entries of the class.
func (c Class) Filter() *loggerv1.LogFilter {
	f := &loggerv1.LogFilter{}
	if c.Of == classes {
		f.Services = []string{serviceOf(c.Rest)}
		f.Attributes = map[string]string{statusKey: statusOf(c.Rest)}
	}
	return f
}

// has tells whether the entry with this number is one of them.
func (c Class) has(number uint64) bool { return number%c.Of == c.Rest }

// from returns the least number of the class that is not below this one.
func (c Class) from(number uint64) uint64 {
	return number + (c.Rest+c.Of-number%c.Of)%c.Of
}

// count returns how many numbers of the class there are from one number, included, to
// another, excluded.
func (c Class) count(from, to uint64) uint64 {
	first := c.from(from)
	if first >= to {
		return 0
	}
	return (to-first-1)/c.Of + 1
}
