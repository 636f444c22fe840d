package tui

import (
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

const (
	// maxRows is how many rows are kept: some hundred screens, which is farther back than
	// anybody scrolls with keys.
	maxRows = 10_000
	// maxRowBytes bounds their memory where entries are large.
	maxRowBytes = 64 << 20
)

// row is a line of the log: an entry, or a divider that tells what happened there.
type row struct {
	entry *loggerv1.LogEntry // nil: a divider
	text  string             // of the divider
	alarm bool               // the divider tells of something that is missing
	size  int
}

// rows are the newest rows, by number. Numbers count from 0 and are never used again.
type rows struct {
	ring  []row
	first int // the oldest that is kept
	next  int // the number of the next one
	bytes int
}

// push adds a row, at the cost of the oldest, and returns its number.
func (r *rows) push(x row) int {
	if r.ring == nil {
		r.ring = make([]row, maxRows)
	}
	x.size = sizeOf(x)
	r.bytes += x.size
	for r.next-r.first >= maxRows || r.bytes > maxRowBytes && r.first < r.next {
		old := &r.ring[r.first%maxRows]
		r.bytes -= old.size
		*old = row{}
		r.first++
	}
	r.ring[r.next%maxRows] = x
	r.next++
	return r.next - 1
}

// at returns the row of a number from first up to, but without, next.
func (r *rows) at(n int) *row { return &r.ring[n%maxRows] }

// empty tells whether there is no row.
func (r *rows) empty() bool { return r.first == r.next }

// sizeOf returns about how many bytes a row takes.
func sizeOf(x row) int {
	const fixed, pair = 300, 50 // the message's own size, and a map's for each attribute
	n := fixed + len(x.text) + len(x.entry.GetMessage())
	for key, value := range x.entry.GetAttributes() {
		n += pair + len(key) + len(value)
	}
	return n
}
