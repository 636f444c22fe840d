package auth

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
)

// fileHeader begins an access file that AddToken makes.
const fileHeader = `# Who may read and write. The server reads this file again when it changes.
`

// AddToken lists a token in an access file, which it makes if there is none, as the first
// of the tokens. All else in the file stays as it is, comments too. The file is replaced in
// one step, and not at all if it would be wrong.
func AddToken(path string, l Listing) error {
	stanza, err := l.Stanza()
	if err != nil {
		return err
	}
	return editFile(path, l.ID, func(text string) (string, error) { return insertToken(text, stanza) }, func(r *rules) bool {
		rule, ok := r.tokens[l.ID]
		return ok && rule.sum.Equal(l.Sum)
	})
}

// ErrNoToken is what RemoveToken returns if the file does not list the token.
var ErrNoToken = errors.New("there is no token with this id in the access file")

// RemoveToken takes a token out of an access file, and the comment right above it. All else
// stays as it is. The file is replaced in one step, and not at all if it would be wrong.
func RemoveToken(path, id string) error {
	return editFile(path, id, func(text string) (string, error) { return removeToken(text, id) }, func(r *rules) bool {
		_, ok := r.tokens[id]
		return !ok
	})
}

// editFile changes the text of an access file that is about one token, if there are good
// rules in it then, and the others say what they said.
func editFile(path, id string, edit func(text string) (string, error), isDone func(*rules) bool) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // the link stays, what it points to is replaced
	}
	before, _, err := readPrivate(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		before = []byte(fileHeader)
	case err != nil:
		return err
	}
	after, err := edit(string(before))
	if err != nil {
		return err
	}
	parse := func(text []byte) (*rules, error) {
		return parseRules(text, &loader{dir: filepath.Dir(path)}, slog.New(slog.DiscardHandler))
	}
	r, err := parse([]byte(after))
	if err != nil {
		return fmt.Errorf("the access file %s would be wrong, so it stays as it is:\n  %s", path, indent(err))
	}
	old, err := parse(before)
	// One that was wrong, as that without any rule is, has nothing to compare with.
	if !isDone(r) || err == nil && !sameBut(id, r, old) {
		return fmt.Errorf("the access file %s is written in a way that is not understood well enough to change it: change it by hand", path)
	}
	return replaceFile(path, after)
}

// sameBut tells whether two files say the same about everybody but one token. A text of
// several lines that is cut in the middle may be part of somebody else's then.
func sameBut(id string, r, other *rules) bool {
	terms := func(r *rules) map[string]string {
		all := make(map[string]string, len(r.leases))
		for about, l := range r.leases {
			if about != aboutToken(id) {
				all[about] = l.terms
			}
		}
		return all
	}
	return maps.Equal(terms(r), terms(other))
}

// replaceFile writes a file that only its owner may read, and puts it in the place of the
// one before. A reader sees the old text or the new one.
func replaceFile(path, text string) (err error) {
	next, err := os.CreateTemp(filepath.Dir(path), ".access-*")
	if err != nil {
		return fmt.Errorf("the access file cannot be written: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(next.Name()) // it may not be there
			err = fmt.Errorf("the access file cannot be written: %w", err)
		}
	}()
	_, err = next.WriteString(text)
	if err == nil {
		err = next.Sync()
	}
	err = errors.Join(err, next.Close())
	if err != nil {
		return err
	}
	if info, statErr := os.Stat(path); statErr == nil {
		// Made by root, it would not be readable any more for the server, which is not root.
		if err := keepOwner(next.Name(), info); err != nil {
			return err
		}
	}
	return os.Rename(next.Name(), path)
}
