package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// ErrCursorScope means that the cursor was made for readers who may read something else.
var ErrCursorScope = errors.New("the cursor is of a reader who may read something else")

// Cursors prints and reads the cursors of one log for one kind of readers. It is immutable
// and safe for concurrent use.
//
// Those who may read everything have the plain cursors of [Epoch]: there is nothing that a
// position could tell them. Those who may read a part have sealed ones, since the distance
// of two positions is how much everybody else has written between them. Both are of the
// same length, and neither kind of readers can use a cursor of another.
type Cursors struct {
	epoch Epoch
	block cipher.Block // nil for plain cursors
}

// A sealed cursor is 18 bytes, too: the version, a byte that tells a garbled one, and one
// block of AES: 8 bytes of position, 5 of epoch, one that is 0, and 2 of salt. What is not
// sealed by this key opens to an epoch and a 0 by chance once in 2^48 cases, and then to a
// position somewhere: no reason to hold a cursor longer than plain ones. A key serves one
// scope alone, so positions of other scopes are not even comparable.
const (
	sealedVersion = 2
	sealedBegin   = 2
	sealedZero    = 13
	sealedSalt    = 14
)

// Plain returns the cursors of those who may read everything.
func (ep Epoch) Plain() Cursors { return Cursors{epoch: ep} }

// Sealed returns the cursors of those who may read what scope says, a text that is the same
// for all of them. The secret is the store's own: see [Secret].
func (ep Epoch) Sealed(secret []byte, scope string) Cursors {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("logsieve cursor\x00" + scope))
	block, _ := aes.NewCipher(mac.Sum(nil)) // It fails only for keys of another length.
	return Cursors{ep, block}
}

// Append appends the cursor of the entry at a position: always the same one, so that a
// client can tell by it that it has the entry already.
func (c Cursors) Append(dst []byte, p entry.Position) []byte {
	if c.block == nil {
		return c.epoch.AppendCursor(dst, p)
	}
	return c.seal(dst, p, 0)
}

// Cursor is Append as a string.
func (c Cursors) Cursor(p entry.Position) string {
	return string(c.Append(make([]byte, 0, CursorLength), p))
}

// Mark returns a cursor of a position for use outside entries. Sealed ones differ from each
// other, so that two of them do not tell whether anybody wrote anything in between.
func (c Cursors) Mark(p entry.Position) string {
	if c.block == nil {
		return c.epoch.Cursor(p)
	}
	var salt [2]byte
	rand.Read(salt[:]) // It never fails.
	return string(c.seal(make([]byte, 0, CursorLength), p, binary.BigEndian.Uint16(salt[:])))
}

func (c Cursors) seal(dst []byte, p entry.Position, salt uint16) []byte {
	var b [cursorBytes]byte
	b[0] = sealedVersion
	block := b[sealedBegin:]
	binary.BigEndian.PutUint64(block, uint64(p))
	binary.BigEndian.PutUint64(block[8:], uint64(c.epoch&epochMask)<<24|uint64(salt))
	c.block.Encrypt(block, block)
	b[1] = sealedSum(block)
	return base64.URLEncoding.AppendEncode(dst, b[:])
}

func sealedSum(block []byte) byte {
	return byte(crc32.Checksum(block, castagnoli)) //nolint:gosec // G115: the low byte is meant.
}

// Parse returns the position of a cursor. It fails with ErrCursorMalformed,
// ErrCursorEpoch or ErrCursorScope.
func (c Cursors) Parse(cursor string) (entry.Position, error) {
	b, err := decodeCursor(cursor)
	if err != nil {
		return 0, err
	}
	block := b[sealedBegin:]
	switch sealed := b[0] == sealedVersion && b[1] == sealedSum(block); {
	case !sealed && c.block == nil:
		return c.epoch.parse(&b)
	case !sealed:
		if _, err := c.epoch.parse(&b); errors.Is(err, ErrCursorMalformed) {
			return 0, err
		}
		return 0, ErrCursorScope
	case c.block == nil:
		return 0, ErrCursorScope
	}
	c.block.Decrypt(block, block)
	switch tail := binary.BigEndian.Uint64(block[8:]); {
	case b[sealedBegin+sealedZero] != 0:
		return 0, ErrCursorScope
	case Epoch(tail>>24) != c.epoch&epochMask:
		return 0, ErrCursorEpoch
	}
	return entry.Position(binary.BigEndian.Uint64(block)), nil
}

// Check returns the position of a cursor if everything behind it can be read from a log
// with these bounds. It fails with one of the five cursor errors.
func (c Cursors) Check(cursor string, bounds Bounds) (entry.Position, error) {
	p, err := c.Parse(cursor)
	if err != nil {
		return 0, err
	}
	return p, bounds.check(p)
}
