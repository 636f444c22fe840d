package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/seed-2f16ea30/logsieve/internal/config"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const root = "../../../.."

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPageIsFresh(t *testing.T) {
	made := filepath.Join(t.TempDir(), "configuration.md")
	if err := run(filepath.Join(root, "config.yaml"), made); err != nil {
		t.Fatal(err)
	}
	fresh, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(read(t, "docs/configuration.md"), string(fresh)); diff != "" {
		t.Errorf("docs/configuration.md is stale: run 'make generate' (-page +made):\n%s", diff)
	}
}

func TestPageHasEveryKey(t *testing.T) {
	made, err := page([]byte(read(t, "config.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for line := range strings.Lines(string(made)) {
		if cells := strings.Split(strings.ReplaceAll(line, `\|`, ""), "|"); len(cells) == 6 && strings.HasPrefix(line, "| `") {
			rows[strings.Trim(cells[1], " `")] = line
		}
	}
	for _, key := range config.Keys() {
		row, ok := rows[key.Name]
		if !ok {
			t.Errorf("%s has no row", key.Name)
		}
		for _, want := range []string{key.Default, key.Flag} {
			if !strings.Contains(row, want) {
				t.Errorf("the row of %s has no %s: %s", key.Name, want, row)
			}
		}
	}
	if len(rows) < len(config.Keys()) {
		t.Errorf("%d rows for %d keys", len(rows), len(config.Keys()))
	}
}

func TestKeyWithoutComment(t *testing.T) {
	_, err := page([]byte("store:\n  dir: ./data\n"))
	if err == nil || !strings.Contains(err.Error(), "has no comment") {
		t.Errorf("got %v", err)
	}
	if err := run(filepath.Join(t.TempDir(), "none.yaml"), filepath.Join(t.TempDir(), "page.md")); err == nil {
		t.Error("a file that does not exist makes a page")
	}
}

func TestProse(t *testing.T) {
	for comment, want := range map[string]string{
		"# One\n# sentence.":              "One sentence.",
		"# About the file.\n\n# The key.": "The key.",
		"":                                "",
	} {
		if got := prose(comment); got != want {
			t.Errorf("%q: got %q, want %q", comment, got, want)
		}
	}
}
