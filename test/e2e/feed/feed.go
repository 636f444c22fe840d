package feed

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"time"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/demo"
)

// Source writes entries.
type Source interface {
	// Write writes n entries more. It returns when they were handed over as far as the
	// source can tell; with an error it may or may not have written some.
	Write(ctx context.Context, n int) error
}

// Feed remembers what its sources have written. It is safe for concurrent use.
type Feed struct {
	mu      sync.Mutex
	written map[string][]written // by the name of the source, in order
}

// written is an entry that was written.
type written struct {
	entry *loggerv1.LogEntry
	form  form
	// unsure is set where the source was not told whether it was taken.
	unsure bool
}

// New returns a feed that has written nothing.
func New() *Feed { return &Feed{written: map[string][]written{}} }

// The number and source of an entry stand at the end of its message, the one field that
// every form of a log has, and in two attributes.
const (
	sourceAttribute = "feed.source"
	numberAttribute = "feed.number"
)

var tag = regexp.MustCompile(` ~([a-z0-9-]+):(\d+)$`)

// add gives an entry its number and remembers it.
func (f *Feed) add(source string, as form, e *loggerv1.LogEntry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	number := len(f.written[source])
	e.Message = fmt.Sprintf("%s ~%s:%d", e.GetMessage(), source, number)
	if e.Attributes == nil {
		e.Attributes = map[string]string{}
	}
	e.Attributes[sourceAttribute], e.Attributes[numberAttribute] = source, strconv.Itoa(number)
	f.written[source] = append(f.written[source], written{entry: e, form: as})
}

// doubt marks the last n entries of a source: nobody has said that they are stored.
func (f *Feed) doubt(source string, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w := f.written[source]
	for i := range w[len(w)-n:] {
		w[len(w)-n+i].unsure = true
	}
}

// Written returns how many entries were written.
func (f *Feed) Written() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, w := range f.written {
		n += len(w)
	}
	return n
}

// make returns the next n entries of a generator, remembered.
func (f *Feed) make(g *demo.Generator, n int, name func(e *loggerv1.LogEntry) (string, form)) []*loggerv1.LogEntry {
	entries := make([]*loggerv1.LogEntry, n)
	for i := range entries {
		entries[i] = g.Next(time.Now())
		source, as := name(entries[i])
		f.add(source, as, entries[i])
	}
	return entries
}

// always names every entry alike.
func always(source string, as form) func(*loggerv1.LogEntry) (string, form) {
	return func(*loggerv1.LogEntry) (string, form) { return source, as }
}

// Run lets a source write batches of n at an interval until ctx ends, and returns the
// first error.
func Run(ctx context.Context, s Source, n int, interval time.Duration) error {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		// Not with ctx: a batch that was begun is finished.
		if err := s.Write(context.WithoutCancel(ctx), n); err != nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}
