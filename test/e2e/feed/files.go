package feed

import (
	"context"
	"slices"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/demo"
)

// files writes log files, one for each service.
type files struct {
	feed      *Feed
	dir       string
	generator *demo.Generator
}

// Files returns a source that appends to log files in a directory, as the demo does. Each
// file is in the order in which it is written.
func (f *Feed) Files(dir string, seed uint64) Source {
	return &files{f, dir, demo.New(seed)}
}

func (s *files) Write(_ context.Context, n int) error {
	entries := s.feed.make(s.generator, n, func(e *loggerv1.LogEntry) (string, form) {
		return "file-" + e.GetService(), lineForms[demo.FormatOf(e.GetService())]
	})
	_, err := demo.WriteFiles(s.dir, slices.Values(entries))
	return err
}
