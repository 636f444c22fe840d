package local

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"

	"github.com/klauspost/compress/s2"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// A block is what is stored under one key: a header and a payload. All numbers are
// little endian.
//
//	 0  version, 1
//	 1  codec of the payload: 0 plain, 1 S2
//	 2  reserved, 0
//	 4  number of entries, 1 to maxBlockEntries
//	 8  commit time, nanoseconds since 1970 UTC, never less than the block's before it
//	16  length of the payload when plain
//	20  CRC-32C of the payload as stored
//	24  CRC-32C of the key and the bytes above
//	28  payload: each entry's encoding (see entry.Wire), preceded by its length as a varint
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

// Blocks are cut at these bounds. Larger ones compress hardly better (64 KiB to 1 MiB:
// 3 % less), and are more to decode for who needs a few entries.
const (
	maxBlockEntries = 1024
	maxBlockBytes   = 256 << 10
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
	count      int
	committed  int64
	codec      uint8
	plainBytes int
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
		count:      int(binary.LittleEndian.Uint32(value[4:])),
		committed:  int64(binary.LittleEndian.Uint64(value[8:])), //nolint:gosec // G115: written from an int64.
		plainBytes: int(binary.LittleEndian.Uint32(value[16:])),
		payloadSum: binary.LittleEndian.Uint32(value[20:]),
	}
	if h.count < 1 || h.count > maxBlockEntries || h.plainBytes > maxPlainBytes ||
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
	entries := make([]entry.Entry, h.count)
	for i := range entries {
		size, n := binary.Uvarint(plain)
		if n <= 0 || size > uint64(len(plain)-n) {
			return h, nil, fmt.Errorf("%w: entry %d is cut", errDamaged, i)
		}
		end := n + int(size) //nolint:gosec // G115: at most len(plain).
		if err := entries[i].Thaw(h.first+entry.Position(i), plain[n:end:end]); err != nil {
			return h, nil, fmt.Errorf("%w: entry %d: %w", errDamaged, i, err)
		}
		plain = plain[end:]
	}
	if len(plain) != 0 {
		return h, nil, fmt.Errorf("%w: %d bytes too many", errDamaged, len(plain))
	}
	return h, entries, nil
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

// blockWriter makes blocks out of entries, one after the other, in memory that it uses
// again.
type blockWriter struct {
	first     entry.Position
	count     int
	plain     []byte
	value     []byte
	committed int64
}

// add appends a frozen entry and tells whether the block is full: seal it then.
func (w *blockWriter) add(e *entry.Entry) (full bool) {
	if w.count == 0 {
		w.first, w.plain = e.Position, w.plain[:0]
	}
	wire := e.Wire()
	w.plain = binary.AppendUvarint(w.plain, uint64(len(wire)))
	w.plain = append(w.plain, wire...)
	w.count++
	return w.count == maxBlockEntries || len(w.plain) >= maxBlockBytes
}

// seal ends the block and returns its key and its value, which is valid until the next
// call of seal.
func (w *blockWriter) seal() (key, value []byte) {
	if need := headerBytes + s2.MaxEncodedLen(len(w.plain)); cap(w.value) < need {
		w.value = make([]byte, need)
	}
	value = w.value[:cap(w.value)]
	codec, payload := byte(codecS2), s2.Encode(value[headerBytes:], w.plain)
	if len(payload) >= len(w.plain) {
		codec, payload = codecPlain, value[headerBytes:headerBytes+copy(value[headerBytes:], w.plain)]
	}
	value = value[:headerBytes+len(payload)]
	clear(value[:headerBytes])
	value[0], value[1] = blockVersion, codec
	binary.LittleEndian.PutUint32(value[4:], uint32(w.count))       //nolint:gosec // G115: at most maxBlockEntries.
	binary.LittleEndian.PutUint64(value[8:], uint64(w.committed))   //nolint:gosec // G115: read back as an int64.
	binary.LittleEndian.PutUint32(value[16:], uint32(len(w.plain))) //nolint:gosec // G115: at most maxPlainBytes.
	binary.LittleEndian.PutUint32(value[20:], crc32.Checksum(payload, castagnoli))
	key = blockKey(w.first)
	binary.LittleEndian.PutUint32(value[checkedBytes:], headerSum(key, value))
	w.count = 0
	return key, value
}
