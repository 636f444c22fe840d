package figures_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-2f16ea30/logsieve/test/figures"
)

func TestReplace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.md")
	begin, end := figures.Marks("speed")
	if err := os.WriteFile(path, []byte("before\n"+begin+"old\n"+end+"after\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // what was put there is replaced, too
		if err := figures.Replace(path, "speed", "new\n"); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if want := "before\n" + begin + "new\n" + end + "after\n"; err != nil || string(text) != want {
			t.Errorf("got %q, %v, want %q", text, err, want)
		}
	}
	if err := figures.Replace(path, "weight", "new\n"); err == nil {
		t.Error("a table was put where there is no place for it")
	}
}
