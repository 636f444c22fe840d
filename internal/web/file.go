package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed all:dist
var dist embed.FS

// file is a file of the page, whole and ready to be sent.
type file struct {
	contentType  string
	cacheControl string
	tag          string
	plain        []byte
	// zipped is the content in gzip, or nil where that is not smaller. It is made when the
	// process starts, which takes some tens of milliseconds once: committed beside
	// the files it would depend on the version of whoever compressed it.
	zipped []byte
}

// files loads once: a second handler costs nothing.
var files = sync.OnceValue(load)

// load returns the files by the paths that they are served at.
func load() map[string]*file {
	all := make(map[string]*file)
	_ = fs.WalkDir(dist, "dist", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		at := strings.TrimPrefix(name, "dist")
		f := newFile(at, content)
		if at == "/index.html" {
			f.cacheControl = askEachTime
			at = "/"
		}
		all[at] = f
		return nil
	}) // an embedded file system does not fail
	return all
}

func newFile(name string, content []byte) *file {
	sum := sha256.Sum256(content)
	const tagBytes = 12 // 96 bits: no two builds of a file share it
	return &file{
		contentType:  contentType(name),
		cacheControl: keepForGood,
		tag:          hex.EncodeToString(sum[:tagBytes]),
		plain:        content,
		zipped:       compress(content),
	}
}

// contentType does not ask the system's tables, which differ from machine to machine.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	default:
		return "application/octet-stream"
	}
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

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", f.cacheControl)
	h.Set("Vary", "Accept-Encoding")
	body, tag := f.plain, `"`+f.tag+`"`
	if f.zipped != nil && acceptsGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		body, tag = f.zipped, `"`+f.tag+`-gzip"`
	}
	h.Set("Etag", tag)
	if matches(r.Header.Get("If-None-Match"), tag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // whoever does not read it is gone
	}
}

// matches reports whether a list of tags has one, in the weak comparison that
// If-None-Match asks for.
func matches(list, tag string) bool {
	for candidate := range strings.SplitSeq(list, ",") {
		candidate = strings.TrimSpace(candidate)
		if candidate == "*" || strings.TrimPrefix(candidate, "W/") == tag {
			return true
		}
	}
	return false
}

// acceptsGzip reports whether a client takes gzip.
func acceptsGzip(header string) bool {
	for coding := range strings.SplitSeq(header, ",") {
		name, params, err := mime.ParseMediaType(strings.TrimSpace(coding))
		if err != nil || name != "gzip" && name != "*" {
			continue
		}
		q, err := strconv.ParseFloat(params["q"], 64)
		return err != nil || q > 0 // no weight: 1
	}
	return false
}
