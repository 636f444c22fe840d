package local

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// appendTo opens a log, appends n entries, and returns the cursor of the last one.
func appendTo(t *testing.T, dir string, n int) (cursor string) {
	t.Helper()
	l, err := Open(Config{Dir: dir}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := l.Append(t.Context(), []*entry.Entry{sample(i)}); err != nil {
			t.Fatal(err)
		}
	}
	cursor = l.Epoch().Cursor(l.Bounds().Head)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return cursor
}

// checkCursor opens a log and wants a cursor to be taken, or refused with an error.
func checkCursor(t *testing.T, dir, cursor string, want error) {
	t.Helper()
	l, err := Open(Config{Dir: dir}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Epoch().CheckCursor(cursor, l.Bounds()); !errors.Is(err, want) {
		t.Errorf("the cursor: got %v, want %v", err, want)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// A log that was put back from an older copy goes on from there: positions that were given
// to other entries in the meantime are never taken for its own.
func TestPutBackFromACopy(t *testing.T) {
	for name, putBack := range map[string]func(t *testing.T, copied, dir string){
		"the directory is replaced": func(t *testing.T, copied, dir string) {
			t.Helper()
			mustNot(t, os.RemoveAll(dir))
			mustNot(t, os.CopyFS(dir, os.DirFS(copied)))
		},
		"its files are overwritten": func(t *testing.T, copied, dir string) {
			t.Helper()
			mustNot(t, os.RemoveAll(filepath.Join(dir, blocksDir)))
			mustNot(t, os.CopyFS(filepath.Join(dir, blocksDir), os.DirFS(filepath.Join(copied, blocksDir))))
			for _, name := range []string{metaName, headName} {
				text, err := os.ReadFile(filepath.Join(copied, name))
				mustNot(t, err)
				mustNot(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, copied := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "copy")
			early := appendTo(t, dir, 10)
			mustNot(t, os.CopyFS(copied, os.DirFS(dir)))
			late := appendTo(t, dir, 10)
			putBack(t, copied, dir)
			appendTo(t, dir, 20) // the positions up to that of late, and beyond it
			checkCursor(t, dir, late, store.ErrCursorEpoch)
			checkCursor(t, dir, early, store.ErrCursorEpoch)
		})
	}
}

// A directory that was only moved is the same log.
func TestMoved(t *testing.T) {
	parent := t.TempDir()
	dir, moved := filepath.Join(parent, "data"), filepath.Join(parent, "moved")
	cursor := appendTo(t, dir, 10)
	mustNot(t, os.Rename(dir, moved))
	checkCursor(t, moved, cursor, nil)
	checkCursor(t, moved, cursor, nil) // nor when it is opened again
}

func mustNot(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
