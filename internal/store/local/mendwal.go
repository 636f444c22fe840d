package local

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/cockroachdb/pebble/v2/record"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// mendWALs cuts each write-ahead log off where it is damaged, and returns whether there
// was any. The log as it was stays beside it, under a name of its own.
//
// Pebble refuses to open a log that is damaged anywhere but at its end, which would keep
// everything else from being read, too. What was cut off is told to readers as a gap.
func (l *Log) mendWALs() (cut bool, err error) {
	dir := l.env.files.PathJoin(l.cfg.Dir, blocksDir)
	names, err := l.env.files.List(dir)
	if err != nil {
		return false, err
	}
	slices.Sort(names)
	for _, name := range names {
		number, isLog := strings.CutSuffix(name, ".log")
		n, err := strconv.ParseUint(number, 10, 64)
		if !isLog || err != nil {
			continue
		}
		path := l.env.files.PathJoin(dir, name)
		sound, damaged, err := l.soundPart(path, n)
		if err != nil {
			return cut, err
		}
		if !damaged {
			continue
		}
		if err := l.cutOff(path, sound); err != nil {
			return cut, fmt.Errorf("the damaged %s cannot be cut off: %w", path, err)
		}
		l.logger.Error("the store's write-ahead log is damaged: entries behind the damage are lost, which readers are told",
			"file", filepath.Base(path), "at", sound, "kept", filepath.Base(path)+damagedSuffix)
		cut = true
	}
	return cut, nil
}

// damagedSuffix is added to the name of a log as it was before it was cut off.
const damagedSuffix = ".damaged"

// soundPart returns how many bytes of a log can be read, and whether there is damage
// behind them.
func (l *Log) soundPart(path string, number uint64) (sound int64, damaged bool, err error) {
	f, err := l.env.files.Open(path, vfs.SequentialReadsOption)
	if err != nil {
		return 0, false, err
	}
	defer f.Close() //nolint:errcheck // It was only read.
	r := newRecordReader(record.NewReader, f, number)
	for {
		sound = r.Offset()
		next, err := r.Next()
		if err == nil {
			_, err = io.Copy(io.Discard, next)
		}
		switch {
		case err == nil:
		case errors.Is(err, io.EOF):
			return sound, false, nil
		case errors.Is(err, record.ErrInvalidChunk), errors.Is(err, record.ErrZeroedChunk), errors.Is(err, record.ErrUnexpectedEOF):
			return sound, true, nil
		default:
			return 0, false, err
		}
	}
}

// newRecordReader calls record.NewReader, whose number is of a type that has no name
// outside of Pebble.
func newRecordReader[N ~uint64](makeReader func(io.Reader, N) *record.Reader, r io.Reader, number uint64) *record.Reader {
	return makeReader(r, N(number))
}

// cutOff leaves the first part of a file, and the whole of it under another name.
func (l *Log) cutOff(path string, size int64) error {
	files := l.env.files
	if err := files.Rename(path, path+damagedSuffix); err != nil {
		return err
	}
	from, err := files.Open(path + damagedSuffix)
	if err != nil {
		return err
	}
	to, err := files.Create(path, vfs.WriteCategoryUnspecified)
	if err != nil {
		return errors.Join(err, from.Close())
	}
	_, err = io.Copy(to, io.LimitReader(from, size))
	return errors.Join(err, to.Sync(), to.Close(), from.Close())
}
