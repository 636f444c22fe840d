package local

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/klauspost/compress/s2"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// blockWriter makes blocks out of entries, one after the other, in memory that it uses
// again.
type blockWriter struct {
	// committed is the commit time of the blocks that are sealed.
	committed int64

	entries []*entry.Entry
	lengths []int
	plain   []byte
	value   []byte
}

// add encodes an entry and tells whether the block is full: seal it then.
func (w *blockWriter) add(e *entry.Entry) (full bool) {
	before := len(w.plain)
	w.plain = e.AppendWire(w.plain)
	w.entries = append(w.entries, e)
	w.lengths = append(w.lengths, len(w.plain)-before)
	return len(w.entries) == maxBlockEntries || len(w.plain) >= maxBlockBytes
}

// seal ends the block: it freezes its entries at consecutive positions, and returns its
// key and its value, which is valid until the next call of seal.
func (w *blockWriter) seal(first entry.Position) (key, value []byte) {
	w.freeze(first)
	wireBytes := len(w.plain)
	for _, n := range w.lengths {
		w.plain = binary.AppendUvarint(w.plain, uint64(n)) //nolint:gosec // G115: a length is never negative.
	}
	if need := headerBytes + s2.MaxEncodedLen(len(w.plain)); cap(w.value) < need {
		w.value = make([]byte, need)
	}
	value = w.value[:cap(w.value)]
	codec, payload := byte(codecS2), s2.Encode(value[headerBytes:], w.plain)
	if len(payload) >= len(w.plain) {
		codec, payload = codecPlain, value[headerBytes:headerBytes+copy(value[headerBytes:], w.plain)]
	}
	value = value[:headerBytes+len(payload)]
	value[0], value[1] = blockVersion, codec
	binary.LittleEndian.PutUint16(value[2:], uint16(len(w.entries))) //nolint:gosec // G115: at most maxBlockEntries.
	binary.LittleEndian.PutUint32(value[4:], uint32(len(w.plain)))   //nolint:gosec // G115: at most maxPlainBytes.
	binary.LittleEndian.PutUint32(value[8:], uint32(wireBytes))      //nolint:gosec // G115: at most len(w.plain).
	binary.LittleEndian.PutUint64(value[12:], uint64(w.committed))   //nolint:gosec // G115: read back as an int64.
	binary.LittleEndian.PutUint32(value[20:], crc32.Checksum(payload, castagnoli))
	key = blockKey(first)
	binary.LittleEndian.PutUint32(value[checkedBytes:], headerSum(key, value))
	w.reset()
	return key, value
}

// freeze gives the entries their positions and their encodings. Those lie together in
// pieces of memory of at most [entry.SharedBytes], exactly as large as they are, or alone if
// they are longer. One piece for each took a fifth of the time of storing an entry; one for
// the whole block would be kept by whoever keeps one entry of it, as a stream does whose
// client does not read.
func (w *blockWriter) freeze(first entry.Position) {
	plain := w.plain
	for i := 0; i < len(w.entries); {
		end, size := i, 0
		for end < len(w.entries) && (end == i || size+w.lengths[end] <= entry.SharedBytes) {
			size += w.lengths[end]
			end++
		}
		wire := make([]byte, size)
		copy(wire, plain)
		plain = plain[size:]
		for ; i < end; i++ {
			n := w.lengths[i]
			w.entries[i].FreezeAs(first+entry.Position(i), wire[:n:n])
			wire = wire[n:]
		}
	}
}

// reset makes room for the next block, without keeping entries, or much memory, alive.
func (w *blockWriter) reset() {
	clear(w.entries)
	w.entries, w.lengths, w.plain = w.entries[:0], w.lengths[:0], w.plain[:0]
	if cap(w.plain) > 2*maxBlockBytes {
		w.plain, w.value = nil, nil
	}
}
