package history

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

// faithfulWriters returns what two writers have sent for a log of n entries to come of it.
// The last entry of each was not acknowledged, and is not there.
func faithfulWriters(n int) []Writer {
	writers := []Writer{{Name: "even"}, {Name: "odd"}}
	for i := range n {
		w := &writers[(i+1)%2]
		w.Sent = append(w.Sent, Write{Message: fmt.Sprintf("number %d", i+1), Acknowledged: i%7 != 0})
	}
	for i := range writers {
		writers[i].Sent = append(writers[i].Sent, Write{Message: "never stored by " + writers[i].Name})
	}
	return writers
}

func TestWriters(t *testing.T) {
	const n = 52
	log, _ := sampleLog(t, n)
	if err := CheckWriters(log, faithfulWriters(n)).Err(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		want    error
		corrupt func(log *Log, writers []Writer)
	}{
		{"an acknowledged entry is lost", ErrLost, func(log *Log, _ []Writer) {
			log.records = slices.Delete(log.records, 20, 21)
		}},
		{"the last acknowledged entry is lost", ErrLost, func(log *Log, _ []Writer) {
			log.records = log.records[:n-1]
		}},
		{"an entry is stored twice", ErrTwice, func(log *Log, _ []Writer) {
			log.records = slices.Insert(log.records, 30, log.records[20])
		}},
		{"two entries of a writer change places", ErrOrder, func(log *Log, _ []Writer) {
			log.records[20], log.records[22] = log.records[22], log.records[20]
		}},
		{"an entry is there that nobody has written", ErrInvented, func(_ *Log, writers []Writer) {
			writers[0].Sent = slices.DeleteFunc(writers[0].Sent, func(w Write) bool { return w.Message == "number 20" })
		}},
		{"the first acknowledged entry is lost", ErrLost, func(log *Log, _ []Writer) {
			log.records = log.records[2:]
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			log, _ := sampleLog(t, n)
			writers := faithfulWriters(n)
			c.corrupt(log, writers)
			breaches := CheckWriters(log, writers).Breaches
			if len(breaches) != 1 || !errors.Is(breaches[0], c.want) {
				t.Errorf("got %v, want one %q", breaches, c.want)
			}
		})
	}
}
