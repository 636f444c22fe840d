package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// pages returns the names of the pages in docs/.
func pages(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(server.Root(), "docs", "*.md"))
	if err != nil || len(found) == 0 {
		t.Fatalf("docs/ has %d pages, %v", len(found), err)
	}
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	return found
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	fenced  = regexp.MustCompile("(?ms)^```.*?\n```$")
)

// anchors returns what the headings of a page are called in links.
func anchors(text string) map[string]bool {
	named := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		name := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case strings.ContainsRune(".:,;`*()'\"/!?&", r):
				return -1
			default:
				return r
			}
		}, strings.ToLower(m[1]))
		named[name] = true
	}
	return named
}

// Every link of the pages and of the README that stays in the repository leads somewhere.
func TestLinks(t *testing.T) {
	files := []string{"../README.md"}
	for _, decision := range []string{"decisions/*.md", "*.md"} {
		found, err := filepath.Glob(filepath.Join(server.Root(), "docs", decision))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			relative, err := filepath.Rel(filepath.Join(server.Root(), "docs"), path)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, relative)
		}
	}
	checked := 0
	for _, name := range files {
		for _, m := range link.FindAllStringSubmatch(fenced.ReplaceAllString(page(t, name), ""), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			checked++
			checkLink(t, name, m[1])
		}
	}
	if checked < 30 {
		t.Errorf("only %d links: are they found?", checked)
	}
}

// checkLink looks where a link of a page leads.
func checkLink(t *testing.T, from, to string) {
	t.Helper()
	path, anchor, _ := strings.Cut(to, "#")
	target := from
	if path != "" {
		target = filepath.Join(filepath.Dir(from), path)
	}
	if _, err := os.Stat(filepath.Join(server.Root(), "docs", target)); err != nil {
		t.Errorf("%s links to %s, which is not there", from, to)
		return
	}
	if anchor != "" && !anchors(page(t, target))[anchor] {
		t.Errorf("%s links to %s: there is no such heading", from, to)
	}
}
