package auth

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
)

// sighting is what tells a file that was changed from one that was not.
type sighting struct {
	path string
	info fs.FileInfo // nil if there is no such file
}

// sightings are those of all files that the rules come from.
type sightings []sighting

func sightingOf(path string) sighting {
	info, err := os.Stat(path)
	if err != nil {
		return sighting{path, nil}
	}
	return sighting{path, info}
}

func (s sighting) equal(other sighting) bool {
	if s.info == nil || other.info == nil {
		return s.path == other.path && s.info == other.info
	}
	// One that was put in the place of another may have its size and its time.
	return s.path == other.path && os.SameFile(s.info, other.info) && s.info.Size() == other.info.Size() &&
		s.info.ModTime().Equal(other.info.ModTime()) && s.info.Mode() == other.info.Mode()
}

// again looks at the same files.
func (p sightings) again() sightings {
	now := make(sightings, len(p))
	for i := range p {
		now[i] = sightingOf(p[i].path)
	}
	return now
}

func (p sightings) equal(other sightings) bool {
	return slices.EqualFunc(p, other, sighting.equal)
}

// readPrivate reads a file that nobody but its owner may have access to. The sighting is
// taken before: a change while it is read is seen at the next look.
func readPrivate(path string) ([]byte, sightings, error) {
	seen := sightings{sightingOf(path)}
	file, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, seen, &missingError{path}
	case err != nil:
		return nil, seen, fmt.Errorf("the access file cannot be read: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	info, err := file.Stat()
	if err != nil {
		return nil, seen, fmt.Errorf("the access file cannot be read: %w", err)
	}
	if mode := info.Mode().Perm(); !isPrivate(mode, ownerOf(info), os.Geteuid()) {
		return nil, seen, fmt.Errorf("the access file %s is open to others than its owner (its mode is %04o): chmod 600 %s", path, mode, path)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, seen, fmt.Errorf("the access file cannot be read: %w", err)
	}
	return text, seen, nil
}

// isPrivate tells whether nobody but the owner of a file, and root, has access to it. The
// group may read what root has put there for us: that is how Kubernetes hands a secret to
// a process that is not root.
func isPrivate(mode fs.FileMode, owner, self int) bool {
	const others, othersThanReadingGroup, root = 0o077, 0o037, 0
	if owner == unknownOwner { // and no such bits
		return true
	}
	return mode&others == 0 || owner == root && self != root && mode&othersThanReadingGroup == 0
}

// unknownOwner is the owner of a file on a system where files have none that is a number.
const unknownOwner = -1

// missingError says that there is no access file. It is an fs.ErrNotExist.
type missingError struct{ path string }

func (e *missingError) Error() string {
	return fmt.Sprintf("there is no access file %s: check auth.file, or make one with: logsieve token new --name NAME --read '*' --file %s", e.path, e.path)
}

func (e *missingError) Unwrap() error { return fs.ErrNotExist }
