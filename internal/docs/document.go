package docs

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"
)

// document is a file that does not change while the program runs.
type document struct {
	mediaType string
	content   []byte
}

var _ http.Handler = document{}

// ServeHTTP serves the file. A browser keeps it and asks whether it has changed: the
// next version of the program has the same paths.
func (d document) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sum := sha256.Sum256(d.content)
	h := w.Header()
	h.Set("Content-Type", d.mediaType)
	h.Set("Etag", `"`+hex.EncodeToString(sum[:8])+`"`)
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(d.content))
}
