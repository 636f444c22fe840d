package file

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"
)

// scan looks which files there are, and puts the tails in order with them.
func (f *Follower) scan(ctx context.Context) {
	infos := f.glob(ctx)
	paths := make([]string, 0, len(infos))
	for path := range infos {
		paths = append(paths, path)
	}
	slices.Sort(paths)

	// First the tails whose path still leads to their file, so that a name which was taken
	// over is not mistaken for a file that moved there.
	var lost []*tail
	held := make(map[string]*tail, len(f.tails))
	for _, t := range f.tails {
		if info, ok := infos[t.path]; ok && os.SameFile(info, t.info) {
			held[t.path] = t
		} else {
			lost = append(lost, t)
		}
	}
	for _, path := range paths {
		if held[path] != nil || linked(held, infos[path]) {
			continue
		}
		same := func(t *tail) bool { return os.SameFile(infos[path], t.info) }
		if i := slices.IndexFunc(lost, same); i >= 0 { // It was renamed.
			t := lost[i]
			t.path, t.leaving = path, time.Time{}
			lost = slices.Delete(lost, i, i+1)
			held[path] = t
		} else if t := f.open(ctx, path); t != nil {
			held[path] = t
		}
	}
	for _, t := range lost {
		t.leave(time.Now())
	}
	f.scanned = true
}

// linked says whether a file is followed under another name that it also has.
func linked(held map[string]*tail, info os.FileInfo) bool {
	for _, t := range held {
		if os.SameFile(info, t.info) {
			return true
		}
	}
	return false
}

// glob returns the regular files that match a pattern, by their path.
func (f *Follower) glob(ctx context.Context) map[string]os.FileInfo {
	infos := make(map[string]os.FileInfo)
	for _, pattern := range f.cfg.Patterns {
		matches, err := doublestar.FilepathGlob(pattern, doublestar.WithFilesOnly())
		if err != nil {
			f.logger.WarnContext(ctx, "a file pattern cannot be used", "pattern", pattern, "error", err)
			continue
		}
		for _, path := range matches {
			if absolute, err := filepath.Abs(path); err == nil {
				path = absolute
			}
			if compressed(path) {
				continue
			}
			// A file that has gone in the meantime is none.
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				infos[path] = info
			}
		}
	}
	return infos
}

func compressed(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".gz", ".bz2", ".xz", ".zst", ".zip":
		return true
	default:
		return false
	}
}

// open begins to follow a file. It returns nil if that is not possible now; it is tried
// again at the next scan.
func (f *Follower) open(ctx context.Context, path string) *tail {
	t, err := f.newTail(path)
	switch {
	case err == nil:
		delete(f.refused, path)
		f.tails = append(f.tails, t)
	case !f.refused[path]:
		f.refused[path] = true
		f.logger.WarnContext(ctx, "a file cannot be followed", "path", path, "error", err)
	}
	return t
}

func (f *Follower) newTail(path string) (*tail, error) {
	if len(f.tails) >= maxFiles {
		return nil, errTooMany
	}
	opened, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	t := &tail{follower: f, path: path, file: opened, origin: f.origin(path), splitter: f.newSplitter(), grown: time.Now()}
	if t.info, err = opened.Stat(); err == nil && !f.scanned && !f.cfg.FromBeginning {
		t.offset, err = opened.Seek(0, io.SeekEnd)
	}
	if err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

var errTooMany = fmt.Errorf("%d files are followed already: follow fewer, or in several processes", maxFiles)
