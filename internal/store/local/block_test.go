package local

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// encode returns a block of entries from a position on.
func encode(first entry.Position, entries []*entry.Entry) (key, value []byte) {
	w := &blockWriter{committed: 1_700_000_000_000_000_000}
	for _, e := range entries {
		w.add(e)
	}
	return w.seal(first)
}

func TestBlock(t *testing.T) {
	random := make([]byte, 5000)
	for i := range random {
		random[i] = byte(rand.Uint32())
	}
	for name, entries := range map[string][]*entry.Entry{
		"one":            samples(0, 1),
		"many":           samples(0, maxBlockEntries),
		"empty":          {{}, {}, {}},
		"incompressible": {{Message: string(random)}},
	} {
		key, value := encode(77, entries)
		h, got, err := decodeBlock(key, value)
		if err != nil || h.first != 77 || int(h.count) != len(entries) || h.committed != 1_700_000_000_000_000_000 {
			t.Fatalf("%s: decoded to %+v: %v", name, h, err)
		}
		for i := range got {
			if got[i].Position != entry.Position(77+i) || !bytes.Equal(got[i].Wire(), entries[i].Wire()) || got[i].Message != entries[i].Message {
				t.Fatalf("%s: entry %d is %q at %d, want %q", name, i, got[i].Message, got[i].Position, entries[i].Message)
			}
		}
	}
}

// TestBlockFlip checks that a block with a wrong bit, in its key or in itself, is never
// taken for a good one.
func TestBlockFlip(t *testing.T) {
	key, value := encode(5, samples(0, 3))
	block := append(bytes.Clone(key), value...)
	for bit := range 8 * len(block) {
		flipped := bytes.Clone(block)
		flipped[bit/8] ^= 1 << (bit % 8)
		if _, _, err := decodeBlock(flipped[:keyBytes], flipped[keyBytes:]); err == nil {
			t.Errorf("a block with bit %d wrong is accepted", bit)
		}
	}
}

// FuzzDecodeBlock puts the right checksums onto anything, so that what is behind them is
// reached.
func FuzzDecodeBlock(f *testing.F) {
	for _, n := range []int{1, 3, 100} {
		_, value := encode(1, samples(0, n))
		f.Add(value)
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, value []byte) {
		key := blockKey(1)
		if len(value) >= headerBytes {
			binary.LittleEndian.PutUint32(value[20:], crc32.Checksum(value[headerBytes:], castagnoli))
			binary.LittleEndian.PutUint32(value[checkedBytes:], headerSum(key, value))
		}
		h, entries, err := decodeBlock(key, value)
		if err == nil && (len(entries) != int(h.count) || h.last() < h.first) {
			t.Errorf("%d entries, and the header says %+v", len(entries), h)
		}
	})
}
