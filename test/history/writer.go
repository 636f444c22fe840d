package history

import "fmt"

// Writer is what one writer has sent, in order.
type Writer struct {
	Name string
	Sent []Write
}

// Write is one entry that was sent.
type Write struct {
	// Message is that of no other entry, of any writer.
	Message string
	// Acknowledged tells whether the server has said that it is stored. One that it has
	// not may be in the log or not.
	Acknowledged bool
}

// CheckWriters looks for what was written in the log: what was acknowledged is there,
// nothing is there twice, or that nobody has written, and each writer's entries are in the
// order in which they were sent.
func CheckWriters(log *Log, writers []Writer) *Result {
	type source struct{ writer, number int }
	sources := map[string]source{}
	for w := range writers {
		for n := range writers[w].Sent {
			sources[writers[w].Sent[n].Message] = source{w, n}
		}
	}
	result := &Result{Entries: log.Len()}
	breach := func(kind error, writer, format string, args ...any) {
		result.Breaches = append(result.Breaches, &Breach{Kind: kind, Writer: writer, Detail: fmt.Sprintf(format, args...)})
	}
	found := map[source]bool{}
	last := map[int]int{}
	for i := range log.records {
		message := log.records[i].message.GetMessage()
		at, ok := sources[message]
		switch {
		case !ok:
			breach(ErrInvented, "nobody", "entry %d of the log: %q", i, message)
			continue
		case found[at]:
			breach(ErrTwice, writers[at.writer].Name, "entry %d of the log is there before: %q", i, message)
			continue
		case at.number < last[at.writer]:
			breach(ErrOrder, writers[at.writer].Name, "entry %d of the log comes behind a later one: %q", i, message)
		}
		found[at] = true
		last[at.writer] = max(last[at.writer], at.number)
	}
	for w := range writers {
		for n, sent := range writers[w].Sent {
			if sent.Acknowledged && !found[source{w, n}] {
				breach(ErrLost, writers[w].Name, "%q", sent.Message)
			}
		}
	}
	return result
}
