package local

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// headFile holds the position of an entry that was acknowledged, not always the newest.
// Where the log ends before it, entries are missing, and readers are told: Pebble takes
// a write-ahead log that is damaged in the middle for one that ends there. It is a hint,
// written in place and never synced by itself, 12 bytes: position and CRC-32C.
type headFile struct {
	file    vfs.File
	written entry.Position
}

const (
	headName  = "logsieve.head"
	headBytes = 12

	// headEvery is how often it is written: how much may be missing and not be told of.
	headEvery = time.Second
)

// openHeadFile opens the file, made if there is none, and returns what it holds, or 0.
func openHeadFile(files vfs.FS, dir string) (*headFile, entry.Position, error) {
	f, err := files.OpenReadWrite(files.PathJoin(dir, headName), vfs.WriteCategoryUnspecified)
	if err != nil {
		return nil, 0, err
	}
	var b [headBytes]byte
	n, err := f.ReadAt(b[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, errors.Join(fmt.Errorf("reading %s: %w", headName, err), f.Close())
	}
	h := &headFile{file: f}
	if n == headBytes && binary.LittleEndian.Uint32(b[8:]) == crc32.Checksum(b[:8], castagnoli) {
		h.written = entry.Position(binary.LittleEndian.Uint64(b[:]))
	}
	return h, h.written, nil
}

// write stores a position, if it is another one.
func (h *headFile) write(p entry.Position) error {
	if p == h.written {
		return nil
	}
	var b [headBytes]byte
	binary.LittleEndian.PutUint64(b[:], uint64(p))
	binary.LittleEndian.PutUint32(b[8:], crc32.Checksum(b[:8], castagnoli))
	if _, err := h.file.WriteAt(b[:], 0); err != nil {
		return err
	}
	h.written = p
	return nil
}

// recordHead writes the head at an interval until ctx ends.
func (l *Log) recordHead(ctx context.Context) {
	ticker := time.NewTicker(headEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := l.headFile.write(l.Bounds().Head); err != nil {
				l.logger.Warn("the head of the store cannot be recorded", "error", err)
			}
		}
	}
}

// closeHeadFile writes the last head, durably.
func (l *Log) closeHeadFile() error {
	return errors.Join(l.headFile.write(l.Bounds().Head), l.headFile.file.Sync(), l.headFile.file.Close())
}
