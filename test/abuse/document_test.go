package abuse

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
	"github.com/seed-2f16ea30/logsieve/test/figures"
)

// TestDocument holds that the table has its place.
func TestDocument(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(server.Root(), "docs", "security.md"))
	must(t, err)
	begin, end := figures.Marks(tableName)
	if !strings.Contains(string(text), begin) || !strings.Contains(string(text), end) {
		t.Errorf("docs/security.md lacks the lines %q and %q", begin, end)
	}
}
