package soak

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
	"github.com/seed-2f16ea30/logsieve/test/figures"
)

// TestDocument holds what docs/guarantees.md says: each promise names its tests, and they
// are where it says.
func TestDocument(t *testing.T) {
	dir := filepath.Join(server.Root(), "docs")
	text, err := os.ReadFile(filepath.Join(dir, "guarantees.md"))
	must(t, err)
	named := regexp.MustCompile(`\[(Test\w+)\]\(([^)]+)\)`).FindAllStringSubmatch(string(text), -1)
	if len(named) < 11 {
		t.Fatalf("only %d tests are named", len(named))
	}
	for _, name := range named {
		code, err := os.ReadFile(filepath.Join(dir, name[2]))
		if err != nil || !strings.Contains(string(code), "func "+name[1]+"(t *testing.T)") {
			t.Errorf("there is no %s in %s: %v", name[1], name[2], err)
		}
	}
	begin, end := figures.Marks(tableName)
	for _, mark := range []string{begin, end} {
		if !strings.Contains(string(text), mark) {
			t.Errorf("the document lacks the mark %q", mark)
		}
	}
}
