package store

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	secretName  = "logsieve.secret"
	secretBytes = 32
)

// Secret returns the secret of the store in a directory, by which cursors are sealed. It is
// drawn at random when it is asked for the first time, and kept in a file that only its
// owner may read. Without that file another one is drawn, and cursors that were sealed
// before are refused. Its errors are sentences for whoever starts the server.
//
// One process at a time may call it for a directory: whoever has opened the store.
func Secret(dir string) ([]byte, error) {
	name := filepath.Join(dir, secretName)
	text, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return newSecret(dir, name)
	case err != nil:
		return nil, fmt.Errorf("the secret of the store cannot be read: %w", err)
	}
	secret, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(secret) != secretBytes {
		return nil, fmt.Errorf("%s is damaged: put it back from a copy, or remove it, which makes the cursors of those who may read a part of the log invalid", name)
	}
	return secret, nil
}

func newSecret(dir, name string) (secret []byte, err error) {
	secret = make([]byte, secretBytes)
	rand.Read(secret) // It never fails.
	f, err := os.CreateTemp(dir, secretName+".*")
	if err != nil {
		return nil, fmt.Errorf("the secret of the store cannot be made: %w", err)
	}
	_, err = fmt.Fprintf(f, "%x\n", secret)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the secret of the store cannot be made: %w", err), os.Remove(f.Name()))
	}
	return secret, nil
}
