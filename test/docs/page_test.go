package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// page returns the text of a page of docs/.
func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(server.Root(), "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// fence is a block of code: its language, its name if it has one, its text.
var fence = regexp.MustCompile("(?ms)^```(\\w+)(?: ([\\w-]+))?\n(.*?)\n```$")

// blocks returns the named blocks of a page.
func blocks(t *testing.T, name string) map[string]string {
	t.Helper()
	named := map[string]string{}
	for _, m := range fence.FindAllStringSubmatch(page(t, name), -1) {
		if m[2] == "" {
			continue
		}
		if _, ok := named[m[2]]; ok {
			t.Fatalf("%s has two blocks named %s", name, m[2])
		}
		named[m[2]] = m[3] + "\n"
	}
	if len(named) == 0 {
		t.Fatalf("%s has no named block", name)
	}
	return named
}

// table returns the rows of the page's table with these headings, without their marks of
// code.
func table(t *testing.T, name string, headings ...string) [][]string {
	t.Helper()
	var rows [][]string
	inside := false
	for line := range strings.Lines(page(t, name)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			inside = false
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.Trim(strings.TrimSpace(cells[i]), "`")
		}
		switch {
		case slices.Equal(cells, headings):
			inside = true
		case inside && !strings.HasPrefix(line, "|---"):
			rows = append(rows, cells)
		}
	}
	if len(rows) == 0 {
		t.Fatalf("%s has no table of %q", name, headings)
	}
	return rows
}

// local makes what a page says, which is about a server with its defaults, about another.
func local(s *server.Server, text string) string {
	return strings.NewReplacer(
		"127.0.0.1:8080", s.HTTP, "127.0.0.1:9090", s.GRPC, "127.0.0.1:9091", s.Admin,
		"127.0.0.1:4317", s.OTLPGRPC, "127.0.0.1:4318", s.OTLPHTTP,
	).Replace(text)
}
