// Package asset serves files that are part of the program: whole, from memory, in gzip to
// whoever takes it, and not again to whoever has them.
//
// An asset does not change while the program runs and is safe for concurrent use. It sets
// only what describes itself: what a page may do (its policies) is for the caller to say.
package asset

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// Cache says how long a browser keeps an asset: the value of Cache-Control.
type Cache string

const (
	// Forever is for what has a hash of its content in its name.
	Forever Cache = "public, max-age=31536000, immutable"
	// AskEachTime is for what has the same name in the next version of the program.
	AskEachTime Cache = "no-cache"
)

// Asset is one file.
type Asset struct {
	mediaType string
	cache     Cache
	tag       string
	// plain is the content, nil where only zipped is kept.
	plain []byte
	// zipped is the content in gzip, nil where that is not smaller.
	zipped []byte
}

var _ http.Handler = (*Asset)(nil)

// New returns an asset with this content, which must not be changed afterwards. It is
// compressed at once, which takes about 20 ms a megabyte: committed beside the sources, the
// compressed form would depend on the version of whoever made it.
func New(mediaType string, cache Cache, content []byte) *Asset {
	return &Asset{mediaType: mediaType, cache: cache, tag: tagOf(content), plain: content, zipped: compress(content)}
}

// NewZipped returns an asset whose content is in gzip already and is kept in that form
// alone: whoever does not take gzip costs a decompression each time. The error says that it
// is not gzip.
func NewZipped(mediaType string, cache Cache, zipped []byte) (*Asset, error) {
	if err := unzip(io.Discard, zipped); err != nil {
		return nil, err
	}
	return &Asset{mediaType: mediaType, cache: cache, tag: tagOf(zipped), zipped: zipped}, nil
}

// ServeHTTP answers GET and HEAD with the asset, other methods with 405.
func (a *Asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are allowed here", http.StatusMethodNotAllowed)
		return
	}
	zip := a.zipped != nil && acceptsGzip(r.Header.Get("Accept-Encoding"))
	tag := `"` + a.tag + `"`
	if zip {
		tag = `"` + a.tag + `-gzip"`
	}
	h := w.Header()
	h.Set("Cache-Control", string(a.cache))
	h.Set("Vary", "Accept-Encoding")
	h.Set("Etag", tag)
	if matches(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", a.mediaType)
	if zip {
		h.Set("Content-Encoding", "gzip")
	}
	a.write(w, r, zip)
}

// write sends the body. Whoever does not read it is gone: there is nobody to tell an error.
func (a *Asset) write(w http.ResponseWriter, r *http.Request, zip bool) {
	body := a.plain
	if zip {
		body = a.zipped
	}
	if body != nil {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(http.StatusOK)
	switch {
	case r.Method == http.MethodHead:
	case body == nil:
		_ = unzip(w, a.zipped)
	default:
		_, _ = w.Write(body)
	}
}

func tagOf(content []byte) string {
	const tagBytes = 12 // 96 bits: no two versions of a file share it
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:tagBytes])
}

// compress returns the content in gzip, or nil if that is not smaller.
func compress(content []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
	_, _ = w.Write(content)                               // a buffer takes everything
	_ = w.Close()
	if b.Len() >= len(content) {
		return nil
	}
	return b.Bytes()
}

func unzip(to io.Writer, zipped []byte) error {
	r, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		return fmt.Errorf("asset: not in gzip: %w", err)
	}
	// What is read is a part of the program, not of somebody's request.
	if _, err := io.Copy(to, r); err != nil { //nolint:gosec // G110: see above.
		return fmt.Errorf("asset: not in gzip: %w", err)
	}
	return nil
}
