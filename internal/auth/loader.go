package auth

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// loader reads what an access file names, and remembers what it has looked at. Relative
// paths begin where the access file is.
type loader struct {
	dir  string
	seen sightings
}

// maxNamedFile bounds a file that the access file names: keys, or certificates.
const maxNamedFile = 1 << 20

// read reads the file that a key of a stanza names; what is wrong with it is a mistake
// there.
func (l *loader) read(s stanza, name string) (text []byte, ok bool) {
	path := s.text(name)
	if path == "" {
		s.fail(name, "is empty: name a file")
		return nil, false
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(l.dir, path)
	}
	l.seen = append(l.seen, sightingOf(path))
	text, err := readBounded(path)
	if err != nil {
		s.fail(name, "names a file that cannot be used: %v", err)
		return nil, false
	}
	return text, true
}

func readBounded(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(file, maxNamedFile+1))
	if err == nil && len(text) > maxNamedFile {
		err = fmt.Errorf("%s is larger than %d KiB", path, maxNamedFile>>10)
	}
	return text, err
}
