// Package figures puts what a long test has measured into the document that promises it.
//
// A document has a place for a table: the text between the two lines
//
//	<!-- soak: begin -->
//	<!-- soak: end -->
//
// where soak is the name of the table. Everything else in the document is left alone.
package figures

import (
	"bytes"
	"fmt"
	"os"
)

// Marks returns the two lines between which a table stands.
func Marks(name string) (begin, end string) {
	return fmt.Sprintf("<!-- %s: begin -->\n", name), fmt.Sprintf("<!-- %s: end -->\n", name)
}

// Replace puts a table in the place of the one that the document at path has under that
// name. It fails if the document has no place for it.
func Replace(path, name, table string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	begin, end := Marks(name)
	before, rest, ok := bytes.Cut(text, []byte(begin))
	_, after, okEnd := bytes.Cut(rest, []byte(end))
	if !ok || !okEnd {
		return fmt.Errorf("%s has no place for the table: it needs the lines %q and %q", path, begin, end)
	}
	text = fmt.Appendf(nil, "%s%s%s%s%s", before, begin, table, end, after)
	return os.WriteFile(path, text, 0o644) //nolint:gosec // G306: a document that everybody reads.
}
