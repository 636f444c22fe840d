package demo

import (
	"bufio"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// WriteFiles writes entries to log files as a shop would have them: one for each
// service, dir/SERVICE.log, in the format of [FormatOf]. Entries are appended to files
// that exist. It returns how many lines it wrote to each file, by path; with an error,
// these are the lines that were begun. The directory must exist.
func WriteFiles(dir string, entries iter.Seq[*loggerv1.LogEntry]) (lines map[string]int, err error) {
	set := fileSet{dir: dir, files: map[string]*logFile{}, lines: map[string]int{}}
	defer func() { err = errors.Join(err, set.close()) }()
	for e := range entries {
		if err := set.write(e); err != nil {
			return set.lines, fmt.Errorf("write the log of %s: %w", e.GetService(), err)
		}
	}
	return set.lines, nil
}

// fileSet holds the open files by service.
type fileSet struct {
	dir   string
	files map[string]*logFile
	lines map[string]int
}

type logFile struct {
	file   *os.File
	buffer *bufio.Writer
	writer *LineWriter
}

func (s *fileSet) write(e *loggerv1.LogEntry) error {
	f, err := s.open(e.GetService())
	if err != nil {
		return err
	}
	s.lines[f.file.Name()]++
	return f.writer.Write(e)
}

func (s *fileSet) open(service string) (*logFile, error) {
	if f, ok := s.files[service]; ok {
		return f, nil
	}
	file, err := os.OpenFile(filepath.Join(s.dir, service+".log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	buffer := bufio.NewWriter(file)
	f := &logFile{file, buffer, NewLineWriter(buffer, FormatOf(service))}
	s.files[service] = f
	return f, nil
}

func (s *fileSet) close() error {
	var errs []error
	for _, f := range s.files {
		errs = append(errs, f.buffer.Flush(), f.file.Close())
	}
	return errors.Join(errs...)
}
