package web

import (
	"embed"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/seed-2f16ea30/logsieve/internal/asset"
)

//go:embed all:dist
var dist embed.FS

// files loads once: a second handler costs nothing.
var files = sync.OnceValue(load)

// load returns the files by the paths that they are served at.
func load() map[string]*asset.Asset {
	all := make(map[string]*asset.Asset)
	_ = fs.WalkDir(dist, "dist", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		if name == "dist/index.html" {
			all["/"] = asset.New(mediaType(name), asset.AskEachTime, content)
			return nil
		}
		all[strings.TrimPrefix(name, "dist")] = asset.New(mediaType(name), asset.Forever, content)
		return nil
	}) // an embedded file system does not fail
	return all
}

// mediaType does not ask the system's tables, which differ from machine to machine.
func mediaType(name string) string {
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
