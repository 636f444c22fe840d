package store

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

var testSecret = []byte("a secret of the tests")

func TestSealedCursor(t *testing.T) {
	sealed := Epoch(7).Sealed(testSecret, "service=a")
	for _, p := range []entry.Position{0, 1, 255, 1 << 40, 1<<64 - 1} {
		for name, cursor := range map[string]string{"entry": sealed.Cursor(p), "mark": sealed.Mark(p)} {
			if got, err := sealed.Parse(cursor); err != nil || got != p || len(cursor) != CursorLength {
				t.Errorf("the %s cursor %q of %d gives %d, %v", name, cursor, p, got, err)
			}
		}
	}
	if a, b := sealed.Cursor(5), sealed.Cursor(5); a != b {
		t.Errorf("an entry has the cursors %q and %q", a, b)
	}
	if a, b, c := sealed.Mark(5), sealed.Mark(5), sealed.Mark(5); a == b && b == c {
		t.Errorf("three marks of one position are all %q", a)
	}
}

func TestSealedCursorIsOfOneScope(t *testing.T) {
	mine := Epoch(7).Sealed(testSecret, "service=a")
	for name, test := range map[string]struct {
		reader Cursors
		cursor string
		want   error
	}{
		"the same":                {Epoch(7).Sealed(testSecret, "service=a"), mine.Cursor(9), nil},
		"another scope":           {Epoch(7).Sealed(testSecret, "service=b"), mine.Cursor(9), ErrCursorScope},
		"another secret":          {Epoch(7).Sealed([]byte("another"), "service=a"), mine.Cursor(9), ErrCursorScope},
		"another epoch":           {Epoch(8).Sealed(testSecret, "service=a"), mine.Cursor(9), ErrCursorEpoch},
		"who may read all":        {Epoch(7).Plain(), mine.Cursor(9), ErrCursorScope},
		"plain, for a scope":      {mine, Epoch(7).Cursor(9), ErrCursorScope},
		"plain, of another log":   {mine, Epoch(8).Cursor(9), ErrCursorScope},
		"plain, for all":          {Epoch(7).Plain(), Epoch(7).Cursor(9), nil},
		"plain, of another, all":  {Epoch(7).Plain(), Epoch(8).Cursor(9), ErrCursorEpoch},
		"no cursor":               {mine, "nonsense", ErrCursorMalformed},
		"no cursor of its length": {mine, "0123456789abcdefghijklmn", ErrCursorMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			if p, err := test.reader.Parse(test.cursor); !errors.Is(err, test.want) || err == nil && p != 9 {
				t.Errorf("got %d and %v, want %v", p, err, test.want)
			}
		})
	}
}

// TestGarbledSealedCursor changes every bit of one: none of the results is taken.
func TestGarbledSealedCursor(t *testing.T) {
	sealed := Epoch(7).Sealed(testSecret, "service=a")
	raw, err := base64.URLEncoding.DecodeString(sealed.Cursor(123))
	if err != nil {
		t.Fatal(err)
	}
	for bit := range len(raw) * 8 {
		raw[bit/8] ^= 1 << (bit % 8)
		if p, err := sealed.Parse(base64.URLEncoding.EncodeToString(raw)); err == nil {
			t.Errorf("with bit %d changed it is the cursor of %d", bit, p)
		}
		raw[bit/8] ^= 1 << (bit % 8)
	}
}

// TestSealedCursorsTellNothing looks at neighbours: nothing in their cursors is alike but
// the version.
func TestSealedCursorsTellNothing(t *testing.T) {
	sealed := Epoch(7).Sealed(testSecret, "service=a")
	alike := 0
	const pairs = 256
	for p := range entry.Position(pairs) {
		a, _ := base64.URLEncoding.DecodeString(sealed.Cursor(p))
		b, _ := base64.URLEncoding.DecodeString(sealed.Cursor(p + 1))
		for i := range a[1:] {
			if a[1+i] == b[1+i] {
				alike++
			}
		}
	}
	// 17 bytes of each pair, alike by chance once in 256: 17 are expected, 60 never seen.
	if alike > 60 {
		t.Errorf("%d bytes of %d are alike", alike, pairs*17)
	}
}

func TestSecret(t *testing.T) {
	dir := t.TempDir()
	first, err := Secret(dir)
	if err != nil || len(first) != secretBytes {
		t.Fatal(first, err)
	}
	if again, err := Secret(dir); err != nil || !bytes.Equal(again, first) {
		t.Errorf("asked again: %x and %v, want %x", again, err, first)
	}
	name := filepath.Join(dir, secretName)
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("its file has the mode %v", mode)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("the directory holds %v, %v", files, err)
	}
	if other, err := Secret(t.TempDir()); err != nil || bytes.Equal(other, first) {
		t.Errorf("another directory has the same, %v", err)
	}
	if err := os.WriteFile(name, []byte("not a secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Secret(dir); err == nil {
		t.Error("a damaged file is taken")
	}
	if _, err := Secret(filepath.Join(dir, "missing")); err == nil {
		t.Error("a directory that is not there is taken")
	}
}

func BenchmarkAppendSealed(b *testing.B) {
	sealed := Epoch(7).Sealed(testSecret, "service=a")
	dst := make([]byte, 0, CursorLength)
	b.ReportAllocs()
	for b.Loop() {
		dst = sealed.Append(dst[:0], 5)
	}
}
