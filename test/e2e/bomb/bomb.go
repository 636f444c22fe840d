// Package bomb makes small bodies that unpack to large ones.
package bomb

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
)

// Gigabyte is the usual size of a bomb, unpacked.
const Gigabyte = 1 << 30

// part is what is compressed at a time, in bytes.
const part = 16 << 20

// Gzip returns gzip of so many zeros, in one member. The size is a multiple of 16 MiB, and
// below 4 GiB. Compressing a gigabyte takes seconds; but what is compressed after the first
// part looks the same every time, and is repeated.
func Gzip(size int) ([]byte, error) {
	var deflated bytes.Buffer
	w, err := flate.NewWriter(&deflated, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	zeros := make([]byte, part)
	out := bytes.NewBuffer([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255})
	var again []byte
	for range 2 {
		deflated.Reset()
		if _, err := w.Write(zeros); err != nil {
			return nil, err
		}
		if err := w.Flush(); err != nil {
			return nil, err
		}
		if again == nil {
			out.Write(deflated.Bytes())
		}
		again = bytes.Clone(deflated.Bytes())
	}
	sum := crc32.Update(0, crc32.IEEETable, zeros)
	for range size/part - 1 {
		out.Write(again)
		sum = crc32.Update(sum, crc32.IEEETable, zeros)
	}
	deflated.Reset()
	if err := w.Close(); err != nil {
		return nil, err
	}
	out.Write(deflated.Bytes())
	out.Write(binary.LittleEndian.AppendUint32(nil, sum))
	out.Write(binary.LittleEndian.AppendUint32(nil, uint32(size))) //nolint:gosec // G115: below 4 GiB.
	return out.Bytes(), nil
}
