package store

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// Epoch tells one log from another, and the same log before and after it was put back
// from a copy: positions of different epochs have nothing to do with each other. It is
// drawn at random when a log is made. 40 bits: two logs have the same one in 1 of 10^12
// cases.
type Epoch uint64

// epochMask keeps the bits of an Epoch that a cursor carries.
const epochMask = 1<<40 - 1

// Errors of ParseCursor and of the check of a cursor against a log.
var (
	// ErrCursorMalformed means that the text is not a cursor, or was garbled.
	ErrCursorMalformed = errors.New("the cursor is garbled")
	// ErrCursorEpoch means that the cursor is from another log, or from this one before
	// it was restored.
	ErrCursorEpoch = errors.New("the cursor is of another log (epoch changed)")
	// ErrCursorTooOld means that retention has removed entries behind the cursor.
	ErrCursorTooOld = errors.New("the cursor is too old: entries behind it have been removed by retention")
	// ErrCursorAhead means that the log ends before the cursor.
	ErrCursorAhead = errors.New("the cursor is ahead of the log")
)

// A cursor is 18 bytes in base64url, 24 characters: the version, 5 bytes of epoch, 8 of
// position, and a CRC-32C over all of those. Whole groups of three, so no padding.
const (
	cursorVersion = 1
	cursorBytes   = 18
	checkedBytes  = 14

	// CursorLength is the length of a cursor in characters.
	CursorLength = cursorBytes / 3 * 4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// AppendCursor appends the cursor of a position: an opaque text from which a stream
// can be resumed behind it.
func (ep Epoch) AppendCursor(dst []byte, p entry.Position) []byte {
	var b [cursorBytes]byte
	binary.BigEndian.PutUint64(b[0:], uint64(ep&epochMask)<<16|cursorVersion<<56)
	binary.BigEndian.PutUint64(b[6:], uint64(p))
	binary.BigEndian.PutUint32(b[checkedBytes:], cursorSum(&b))
	return base64.URLEncoding.AppendEncode(dst, b[:])
}

// cursorSum returns the CRC-32C of a cursor's first bytes. Byte by byte, since
// crc32.Checksum makes b escape to the heap, for each entry on each stream.
func cursorSum(b *[cursorBytes]byte) uint32 {
	sum := ^uint32(0)
	for _, c := range b[:checkedBytes] {
		sum = castagnoli[byte(sum&0xff)^c] ^ sum>>8
	}
	return ^sum
}

// Cursor returns the cursor of a position.
func (ep Epoch) Cursor(p entry.Position) string {
	return string(ep.AppendCursor(make([]byte, 0, CursorLength), p))
}

// ParseCursor returns the position of a cursor of this epoch. It fails with
// ErrCursorMalformed or ErrCursorEpoch.
func (ep Epoch) ParseCursor(cursor string) (entry.Position, error) {
	b, err := decodeCursor(cursor)
	if err != nil {
		return 0, err
	}
	return ep.parse(&b)
}

// decodeCursor returns the bytes of a cursor of either kind.
func decodeCursor(cursor string) (b [cursorBytes]byte, err error) {
	if len(cursor) != CursorLength {
		return b, ErrCursorMalformed
	}
	if n, err := base64.URLEncoding.Strict().Decode(b[:], []byte(cursor)); err != nil || n != cursorBytes {
		return b, ErrCursorMalformed
	}
	return b, nil
}

func (ep Epoch) parse(b *[cursorBytes]byte) (entry.Position, error) {
	if binary.BigEndian.Uint32(b[checkedBytes:]) != cursorSum(b) || b[0] != cursorVersion {
		return 0, ErrCursorMalformed
	}
	if Epoch(binary.BigEndian.Uint64(b[0:])>>16)&epochMask != ep&epochMask {
		return 0, ErrCursorEpoch
	}
	return entry.Position(binary.BigEndian.Uint64(b[6:])), nil
}

// CheckCursor returns the position of a cursor if everything behind it can be read
// from a log with these bounds. It fails with one of the four cursor errors.
func (ep Epoch) CheckCursor(cursor string, bounds Bounds) (entry.Position, error) {
	return ep.Plain().Check(cursor, bounds)
}

// check tells whether everything behind a position can be read.
func (b Bounds) check(p entry.Position) error {
	switch {
	case p < b.Floor:
		return ErrCursorTooOld
	case p > b.Head:
		return ErrCursorAhead
	}
	return nil
}
