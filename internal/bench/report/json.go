package report

import (
	"encoding/json"
	"os"
)

// WriteJSON writes the report to a file.
func (r *Report) WriteJSON(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), filePermission)
}

// filePermission is that of documents that everybody may read.
const filePermission = 0o644
