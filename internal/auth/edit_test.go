package auth

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-2f16ea30/logsieve/internal/auth/token"
)

// A token is added to a file of any shape that people write, and the rest of it stays.
func TestAddToken(t *testing.T) {
	const certificates = "certificates:\n- {san: a.b, write: true}\n"
	const stanza = "- id: new\n"
	for name, tt := range map[string]struct{ before, after string }{
		"no list":              {certificates, certificates + "\ntokens:\n  " + stanza},
		"no end of line":       {strings.TrimSuffix(certificates, "\n"), certificates + "\ntokens:\n  " + stanza},
		"comments alone":       {"# mine\n", "# mine\n\ntokens:\n  " + stanza},
		"nothing":              {"", "tokens:\n  " + stanza},
		"an empty list":        {"tokens: [] # none\n" + certificates, "tokens: # none\n  " + stanza + certificates},
		"a list without items": {"tokens:\n" + certificates, "tokens:\n  " + stanza + certificates},
		"not indented":         {"tokens:\n- {id: a}\n", "tokens:\n" + stanza + "- {id: a}\n"},
		"far indented":         {"tokens:\n\n      # x\n      - id: a\n", "tokens:\n      " + stanza + "\n      # x\n      - id: a\n"},
		"lines of Windows":     {"tokens:\r\n  - id: a\r\n", "tokens:\r\n  " + stanza + "  - id: a\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := insertToken(tt.before, stanza)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.after, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	for name, before := range map[string]string{
		"in one line": "tokens: [{id: a}]\n", "all in one line": "{tokens: []}\n", "a text": "tokens: many\n", "not YAML": "tokens: [\n",
	} {
		if got, err := insertToken(before, stanza); err == nil {
			t.Errorf("%s: it is %q", name, got)
		}
	}
}

func TestRemoveToken(t *testing.T) {
	for name, tt := range map[string]struct{ before, after string }{
		"the only one":    {"tokens:\n  - id: old\n    name: x\n", "tokens:\n"},
		"the first one":   {"tokens:\n- id: old\n  stamp:\n    host: x\n\n# a\n- id: a\n", "tokens:\n\n# a\n- id: a\n"},
		"the last one":    {"tokens:\n- id: a\n# old\n# older\n- {name: b, id: old}\n\n# c\njwt: []\n", "tokens:\n- id: a\n\n# c\njwt: []\n"},
		"one in between":  {"tokens:\n- id: a\n- id: old # x\n- id: b\n", "tokens:\n- id: a\n- id: b\n"},
		"one in two rows": {"tokens:\n- {id: old,\n   name: x}\n- id: b\n", "tokens:\n- id: b\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := removeToken(tt.before, "old")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.after, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	for name, tt := range map[string]struct {
		before string
		want   error
	}{
		"none":        {"tokens:\n- id: a\n", ErrNoToken},
		"no list":     {"certificates: []\n", ErrNoToken},
		"nothing":     {"", ErrNoToken},
		"in one line": {"tokens: [{id: old}]\n", nil},
		"dash apart":  {"tokens:\n-\n  id: old\n", nil},
	} {
		got, err := removeToken(tt.before, "old")
		if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: it is %q, %v", name, got, err)
		}
	}
}

// What would be wrong is not written; a link stays one; nothing is left behind.
func TestEditedFile(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "access.yaml"), filepath.Join(dir, "link.yaml")
	if err := os.Symlink("access.yaml", link); err != nil {
		t.Fatal(err)
	}
	_, sum := token.New("a")
	add := func(id string) error { return AddToken(link, Listing{ID: id, Name: id, Sum: sum, Write: true}) }
	write(t, path, "# mine\n")
	if err := add("a"); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := add("a"); err == nil || !strings.Contains(err.Error(), "tokens[1].id is there twice") {
		t.Errorf("the same id again: %v", err)
	}
	if err := add("a_b"); err == nil {
		t.Error("an id that is none is added")
	}
	if err := RemoveToken(link, "a"); err == nil || !strings.Contains(err.Error(), "lets nobody in") {
		t.Errorf("the last token: %v", err)
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, good) {
		t.Errorf("the file is %q, %v", got, err)
	}
	if target, err := os.Readlink(link); err != nil || target != "access.yaml" {
		t.Errorf("the link leads to %q, %v", target, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("the directory has %v, %v", left, err)
	}
}

// What is left of a text of several lines does not become part of somebody else's.
func TestRemovedTokenLeavesTheOthers(t *testing.T) {
	_, sum := token.New("a")
	stanza := func(id, more string) string {
		return "- id: " + id + "\n  name: " + id + "\n  sha256: " + sum.String() + "\n  read: service=" + id + "\n" + more
	}
	path := filepath.Join(t.TempDir(), "access.yaml")
	before := "tokens:\n" + stanza("a", "") + stanza("b", "  note: for the bank\n    OR service=b\n")
	write(t, path, before)
	if err := RemoveToken(path, "b"); err == nil {
		t.Error("the token is removed, although a text of it stays")
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != before {
		t.Errorf("the file is %q, %v", got, err)
	}
}
