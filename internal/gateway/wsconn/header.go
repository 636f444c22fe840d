package wsconn

import "encoding/binary"

// opcode is the type of a frame (RFC 6455, section 5.2).
type opcode byte

const (
	opContinuation opcode = 0x0
	opText         opcode = 0x1
	opBinary       opcode = 0x2
	opClose        opcode = 0x8
	opPing         opcode = 0x9
)

const (
	finalBit   = 0x80
	maskBit    = 0x80
	opcodeBits = 0x0f
	lengthBits = 0x7f
	maskBytes  = 4

	// maxHeader is the length of the longest header: two bytes, eight of length, the mask.
	maxHeader = 2 + 8 + maskBytes
	// maxServerHeader is that of the longest header that a server sends: without a mask.
	maxServerHeader = 2 + 8

	// Lengths up to shortLength stand in the header's second byte; two values above it
	// say that two or eight bytes follow.
	shortLength  = 125
	length16     = 126
	length64     = 127
	maxLength16  = 1<<16 - 1
	controlFrame = 0x8
)

// header is the header of a frame.
type header struct {
	final  bool
	opcode opcode
	masked bool
	// length is that of the payload, as the peer states it: any 64 bits.
	length uint64
}

// control reports whether the frame is not part of a message.
func (h header) control() bool { return h.opcode&controlFrame != 0 }

// parseHeader reads a header from the beginning of b and returns its length in bytes. It
// is 0 when b is too short. Whether the header is allowed is for the WebSocket library
// to say.
func parseHeader(b []byte) (h header, n int) {
	if len(b) < 2 {
		return header{}, 0
	}
	h = header{
		final:  b[0]&finalBit != 0,
		opcode: opcode(b[0] & opcodeBits),
		masked: b[1]&maskBit != 0,
		length: uint64(b[1] & lengthBits),
	}
	n = 2
	switch h.length {
	case length16:
		if n += 2; len(b) < n {
			return header{}, 0
		}
		h.length = uint64(binary.BigEndian.Uint16(b[2:]))
	case length64:
		if n += 8; len(b) < n {
			return header{}, 0
		}
		h.length = binary.BigEndian.Uint64(b[2:])
	}
	if h.masked {
		if n += maskBytes; len(b) < n {
			return header{}, 0
		}
	}
	return h, n
}

// appendHeader appends the header of a whole message that a server sends.
func appendHeader(dst []byte, op opcode, length int) []byte {
	dst = append(dst, finalBit|byte(op))
	switch {
	case length <= shortLength:
		return append(dst, byte(length)) //nolint:gosec // G115: see the case.
	case length <= maxLength16:
		return binary.BigEndian.AppendUint16(append(dst, length16), uint16(length))
	default:
		return binary.BigEndian.AppendUint64(append(dst, length64), uint64(length))
	}
}
