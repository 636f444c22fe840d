package auth

import (
	"log/slog"
	"os"
	"regexp"
	"strings"
	"testing"
)

// page is docs/access.md.
func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/access.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The examples of the page are an access file without a mistake.
func TestExamplesOfThePage(t *testing.T) {
	var file strings.Builder
	for _, name := range []string{"tenants", "jwt", "certificates"} {
		_, rest, ok := strings.Cut(page(t), "```yaml "+name+"\n")
		if !ok {
			t.Fatalf("the page has no example %s", name)
		}
		text, _, _ := strings.Cut(rest, "```")
		file.WriteString(text)
	}
	r, err := parseRules([]byte(file.String()), &loader{dir: t.TempDir()}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.tokens) != 2 || len(r.issuers) != 1 || len(r.certificates) != 2 {
		t.Errorf("the page lists %d tokens, %d issuers and %d certificates", len(r.tokens), len(r.issuers), len(r.certificates))
	}
}

// The page has every key of an issuer, and every reason to be refused.
func TestPageIsComplete(t *testing.T) {
	text := page(t)
	for _, key := range append(issuerKeys(), grantKeys()...) {
		if !strings.Contains(text, "| `"+key+"` | ") {
			t.Errorf("the page has no row for %s", key)
		}
	}
	told := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([A-Z_]+)` \\| ([A-Z_]+) \\|").FindAllStringSubmatch(text, -1) {
		told[m[1]] = true
	}
	for _, c := range causes() {
		if reason := tell(c).Reason; !told[reason] {
			t.Errorf("the page has no row for %s", reason)
		}
	}
}
