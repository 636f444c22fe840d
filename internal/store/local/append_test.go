package local

import (
	"errors"
	"strings"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// TestAppendTooLarge checks that what is too much at a time is refused as such, and that the
// bound itself is not.
func TestAppendTooLarge(t *testing.T) {
	t.Parallel()
	l := mustOpen(t, Config{Dir: t.TempDir()})
	text := strings.Repeat("x", 4<<20)
	one := sizeOf(&entry.Entry{Message: text})
	var over []*entry.Entry
	for range maxAppendBytes/one + 1 {
		over = append(over, &entry.Entry{Message: text})
	}
	entries := over[1:]
	for name, refused := range map[string][]*entry.Entry{
		"many":  over,
		"large": {{Message: strings.Repeat(text, maxEntryBytes/len(text))}},
	} {
		if err := l.Append(t.Context(), refused); !errors.Is(err, store.ErrTooLarge) {
			t.Errorf("Append of %s: %v, want ErrTooLarge", name, err)
		}
	}
	if err := l.Append(t.Context(), entries); err != nil || l.Bounds().Head != entry.Position(len(entries)) {
		t.Errorf("Append of as much as fits: %v, head %d", err, l.Bounds().Head)
	}
}
