package local

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"slices"

	"github.com/klauspost/compress/s2"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// A block is what is stored under one key: a header and a payload. All numbers are
// little endian.
//
//	 0  version, 1
//	 1  codec of the payload: 0 plain, 1 S2
//	 2  number of entries, 1 to maxBlockEntries, 2 bytes
//	 4  length of the payload when plain
//	 8  length of the entries in it
//	12  commit time, nanoseconds since 1970 UTC, never less than the block's before it
//	20  CRC-32C of the payload as stored
//	24  CRC-32C of the key and the bytes above
//	28  payload: the entries (see entry.Wire), one after the other, and behind them their
//	    lengths as varints
//
// The header has a check of its own, so that the range of positions of a block is known
// even where its payload is damaged. The key is part of it, so that a block under a wrong
// key is found out.
const (
	blockVersion = 1
	codecPlain   = 0
	codecS2      = 1
	headerBytes  = 28
	checkedBytes = 24
	keyBytes     = 8
)

// Blocks are cut at these bounds. Larger ones compress a little better, but are more to
// lose when one bit of them is wrong, and more to decode for who needs a few entries.
const (
	maxBlockEntries = 1024
	maxBlockBytes   = 64 << 10
)

// maxEntryBytes is the size from which on an entry is refused. Ingest cuts entries at a
// fraction of it; the bound is for the size of a block.
const maxEntryBytes = 16 << 20

// maxPlainBytes bounds what decoding a block may allocate: a payload ends with the entry
// that reaches maxBlockBytes.
const maxPlainBytes = maxBlockBytes + maxEntryBytes + binary.MaxVarintLen64

// errDamaged is wrapped by what decoding a block returns.
var errDamaged = errors.New("the block is damaged")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// blockKey returns the key of a block whose first entry has this position.
func blockKey(first entry.Position) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 0, keyBytes), uint64(first))
}

// keyPosition returns the position of a key and whether it is one.
func keyPosition(key []byte) (entry.Position, bool) {
	if len(key) != keyBytes {
		return 0, false
	}
	return entry.Position(binary.BigEndian.Uint64(key)), true
}

// header is the head of a block, decoded.
type header struct {
	first      entry.Position
	count      uint16
	committed  int64
	codec      uint8
	plainBytes int
	wireBytes  int
	payloadSum uint32
}

// last returns the position of the block's last entry.
func (h header) last() entry.Position { return h.first + entry.Position(h.count) - 1 }

// decodeHeader checks the header of the block that is stored under a key.
func decodeHeader(key, value []byte) (header, error) {
	first, ok := keyPosition(key)
	switch {
	case !ok:
		return header{}, fmt.Errorf("%w: a key of %d bytes", errDamaged, len(key))
	case len(value) < headerBytes:
		return header{}, fmt.Errorf("%w: cut after %d bytes", errDamaged, len(value))
	case binary.LittleEndian.Uint32(value[checkedBytes:]) != headerSum(key, value):
		return header{}, fmt.Errorf("%w: wrong checksum of the header", errDamaged)
	case value[0] != blockVersion:
		return header{}, fmt.Errorf("%w: version %d, want %d", errDamaged, value[0], blockVersion)
	}
	h := header{
		first:      first,
		codec:      value[1],
		count:      binary.LittleEndian.Uint16(value[2:]),
		plainBytes: int(binary.LittleEndian.Uint32(value[4:])),
		wireBytes:  int(binary.LittleEndian.Uint32(value[8:])),
		committed:  int64(binary.LittleEndian.Uint64(value[12:])), //nolint:gosec // G115: written from an int64.
		payloadSum: binary.LittleEndian.Uint32(value[20:]),
	}
	if h.count < 1 || h.count > maxBlockEntries || h.plainBytes > maxPlainBytes || h.wireBytes > h.plainBytes ||
		uint64(first) > math.MaxUint64-maxBlockEntries {
		return header{}, fmt.Errorf("%w: %d entries in %d bytes at %d", errDamaged, h.count, h.plainBytes, first)
	}
	return h, nil
}

func headerSum(key, value []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, value[:checkedBytes])
}

// decodeBlock returns the entries of the block that is stored under a key. They share
// one allocation and do not point into value.
func decodeBlock(key, value []byte) (header, []entry.Entry, error) {
	h, err := decodeHeader(key, value)
	if err != nil {
		return h, nil, err
	}
	payload := value[headerBytes:]
	if crc32.Checksum(payload, castagnoli) != h.payloadSum {
		return h, nil, fmt.Errorf("%w: wrong checksum of the payload", errDamaged)
	}
	plain, err := decompress(h, payload)
	if err != nil {
		return h, nil, err
	}
	entries, err := thawAll(h, plain[:h.wireBytes], plain[h.wireBytes:])
	return h, entries, err
}

// thawAll returns the entries of a payload. They share one allocation, and their
// attributes another.
func thawAll(h header, wire, lengths []byte) ([]entry.Entry, error) {
	entries := make([]entry.Entry, h.count)
	var attributes []entry.Attribute
	for i := range entries {
		size, n := binary.Uvarint(lengths)
		if n <= 0 || size > uint64(len(wire)) {
			return nil, fmt.Errorf("%w: entry %d is cut", errDamaged, i)
		}
		lengths = lengths[n:]
		var err error
		attributes, err = entries[i].ThawWith(h.first+entry.Position(i), wire[:size:size], attributes)
		if err != nil {
			return nil, fmt.Errorf("%w: entry %d: %w", errDamaged, i, err)
		}
		wire = wire[size:]
		if i == 0 {
			// What is logged at the same time is alike: room for all is mostly this.
			attributes = slices.Grow(attributes, len(attributes)*int(h.count-1))
		}
	}
	if len(wire)+len(lengths) != 0 {
		return nil, fmt.Errorf("%w: %d bytes too many", errDamaged, len(wire)+len(lengths))
	}
	return entries, nil
}

// decompress returns the plain payload in memory of its own.
func decompress(h header, payload []byte) ([]byte, error) {
	switch h.codec {
	case codecPlain:
		if len(payload) == h.plainBytes {
			return append(make([]byte, 0, len(payload)), payload...), nil
		}
	case codecS2:
		if n, err := s2.DecodedLen(payload); err != nil || n != h.plainBytes {
			break
		}
		plain, err := s2.Decode(make([]byte, h.plainBytes), payload)
		if err == nil {
			return plain, nil
		}
	}
	return nil, fmt.Errorf("%w: the payload does not decompress", errDamaged)
}
