package abuse

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/auth/token"
)

// access is an access file in the making.
type access struct {
	tokens strings.Builder
	rest   string
}

// add lets a new token in, with what the keys say that it may do.
func (a *access) add(id, keys string) (text string) {
	text, sum := token.New(id)
	fmt.Fprintf(&a.tokens, "- {id: %s, name: %s, sha256: %s, %s}\n", id, id, sum, keys)
	return text
}

// write writes the file and returns its path.
func (a *access) write(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "access.yaml")
	must(t, os.WriteFile(path, []byte("tokens:\n"+a.tokens.String()+a.rest), 0o600))
	return path
}
