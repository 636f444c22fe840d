package local

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// meta is what a log knows of itself beside its blocks. It is a file of its own: a key
// of Pebble's that changes with each retention would make every table overlap every
// other, and tables that do not overlap are what makes the log cheap.
//
// The file is one line of JSON and one line with its CRC-32C, and is replaced as a whole.
type meta struct {
	// Version is that of the directory's layout.
	Version int `json:"version"`
	// Epoch changes only when the log is put back from a copy.
	Epoch store.Epoch `json:"epoch"`
	// Floor is written before the entries up to it are removed. It never moves back.
	Floor entry.Position `json:"floor"`
	// Next is a position that no entry has had before: see skipLost.
	Next entry.Position `json:"next"`
	// Holes are the stretches of positions that were never given to an entry that is
	// stored, in order, those up to Floor left out.
	Holes []hole `json:"holes,omitempty"`
	// Boot names the run of the machine whose end would cost entries: the one in which
	// the log was opened last. Empty after a clean end, and with Fsync.
	Boot string `json:"boot,omitempty"`
	// Birth is that of the file itself: see birthOf. A copy of the file still has that of
	// the file that it was copied from.
	Birth string `json:"birth,omitempty"`

	// copied is whether the file that was read is such a copy.
	copied bool
}

// hole is a stretch of positions without entries: behind After, up to and including
// Through.
type hole struct {
	After   entry.Position `json:"after"`
	Through entry.Position `json:"through"`
}

const (
	metaVersion = 1
	metaName    = "logsieve.meta"

	// maxHoles bounds the file. Holes beyond it, of which each took a loss of power, are
	// told to readers as damage.
	maxHoles = 1024
)

// newMeta returns that of a log that is being made.
func newMeta() meta {
	return meta{Version: metaVersion, Epoch: newEpoch(), Next: 1}
}

func newEpoch() store.Epoch {
	var b [8]byte
	rand.Read(b[:]) // It never fails.
	const epochBits = 40
	return store.Epoch(binary.BigEndian.Uint64(b[:]) >> (64 - epochBits))
}

// loadMeta reads the file. Its error wraps fs.ErrNotExist if there is none.
func loadMeta(files vfs.FS, dir string) (m meta, err error) {
	name := files.PathJoin(dir, metaName)
	f, err := files.Open(name)
	if err != nil {
		return m, err
	}
	text, err := io.ReadAll(f)
	birth := birthOf(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return m, fmt.Errorf("reading %s: %w", name, err)
	}
	line, sum, _ := strings.Cut(string(text), "\n")
	if strings.TrimSpace(sum) != metaSum([]byte(line)) {
		return m, fmt.Errorf("%s is damaged: put it back from a copy, or remove it, which makes every cursor invalid", name)
	}
	if err := json.Unmarshal([]byte(line), &m); err != nil {
		return m, fmt.Errorf("%s does not parse: %w", name, err)
	}
	if m.Version != metaVersion {
		return m, fmt.Errorf("%s is of version %d, and this program knows %d: use the program that wrote it, or another directory",
			name, m.Version, metaVersion)
	}
	m.copied = birth != m.Birth && birth != "" && m.Birth != ""
	return m, nil
}

// save replaces the file, durably.
func (m meta) save(files vfs.FS, dir string) error {
	name := files.PathJoin(dir, metaName)
	f, err := files.Create(name+".new", vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	m.Birth = birthOf(f)
	line, err := json.Marshal(m)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	_, err = f.Write(fmt.Appendf(nil, "%s\n%s\n", line, metaSum(line)))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	if err := files.Rename(name+".new", name); err != nil {
		return err
	}
	d, err := files.OpenDir(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func metaSum(line []byte) string {
	return fmt.Sprintf("%08x", crc32.Checksum(line, castagnoli))
}

// entriesWithin returns how many positions behind after, up to and including through,
// were given to entries.
func (m meta) entriesWithin(after, through entry.Position) uint64 {
	n := uint64(through - after)
	for _, h := range m.Holes {
		if from, to := max(h.After, after), min(h.Through, through); from < to {
			n -= uint64(to - from)
		}
	}
	return n
}

// explains tells whether no entry can be missing behind after, up to and including
// through.
func (m meta) explains(after, through entry.Position) bool {
	return m.entriesWithin(after, through) == 0
}

// withFloor returns the meta with a floor, and without the holes that it makes
// pointless.
func (m meta) withFloor(floor entry.Position) meta {
	m.Floor = floor
	var holes []hole
	for _, h := range m.Holes {
		if h.Through > floor {
			holes = append(holes, h)
		}
	}
	m.Holes = holes
	return m
}

// exists tells whether the error says that there is such a file.
func exists(err error) bool { return !errors.Is(err, fs.ErrNotExist) }
