package abuse

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// malformed is a way to break RFC 6455.
type malformed struct {
	name string
	// bytes returns what is sent after the upgrade.
	bytes func(r *rand.Rand) []byte
	// codes are those of which one must be in the server's close frame.
	codes []int
}

// The codes of close frames that an attacker is to see.
var (
	protocol = []int{1002}
	notUTF8  = []int{1007}
	tooLong  = []int{1009}
	policy   = []int{1008}
	noFilter = []int{4400}
	normal   = []int{1000}
)

// Opcodes, and the bit that says that a frame is the last one of its message.
const (
	final                                 = 0x80
	opContinuation, opText, opBinary      = 0x0, 0x1, 0x2
	opClose, opPing, opPong               = 0x8, 0x9, 0xa
	rsv1, rsv2, rsv3                 byte = 0x40, 0x20, 0x10
)

// quietFilter is a filter that nothing matches.
const quietFilter = `{"query":"service=nobody"}`

// frame returns a frame as a client must send it, masked, with the shortest length.
func frame(r *rand.Rand, head byte, payload string) []byte {
	b := []byte{head}
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	mask := binary.BigEndian.AppendUint32(nil, r.Uint32())
	b = append(b, mask...)
	for i := range len(payload) {
		b = append(b, payload[i]^mask[i%4])
	}
	return b
}

// claim returns the header of a frame that says it has so many bytes.
func claim(head byte, length uint64) []byte {
	return append(binary.BigEndian.AppendUint64([]byte{head, 0x80 | 127}, length), 1, 2, 3, 4)
}

func closing(r *rand.Rand, code int, reason string) []byte {
	return frame(r, final|opClose, string(binary.BigEndian.AppendUint16(nil, uint16(code)))+reason)
}

// sends returns a malformed that sends the same frame every time, but for its mask.
func sends(name string, codes []int, head byte, payload string) malformed {
	return malformed{name, func(r *rand.Rand) []byte { return frame(r, head, payload) }, codes}
}

// waysToBreak returns all of them.
func waysToBreak() []malformed {
	return slices.Concat(badBits(), badControls(), badFragments(), badText(), badLengths(), badJSON())
}

func badBits() (all []malformed) {
	for _, rsv := range []byte{rsv1, rsv2, rsv3, rsv1 | rsv2 | rsv3} {
		for _, op := range []byte{opContinuation, opText, opBinary, opClose, opPing, opPong} {
			all = append(all, sends(fmt.Sprintf("reserved bits %x, opcode %x", rsv, op), protocol, final|rsv|op, quietFilter))
		}
	}
	for _, op := range []byte{0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf} {
		all = append(all,
			sends(fmt.Sprintf("opcode %x", op), protocol, final|op, quietFilter),
			sends(fmt.Sprintf("opcode %x, empty", op), protocol, final|op, ""))
	}
	for _, op := range []byte{opText, opBinary, opClose, opPing, opPong} {
		all = append(all, malformed{fmt.Sprintf("no mask, opcode %x", op), func(*rand.Rand) []byte {
			return append([]byte{final | op, byte(len(quietFilter))}, quietFilter...)
		}, protocol})
	}
	return all
}

func badControls() (all []malformed) {
	for _, op := range []byte{opClose, opPing, opPong} {
		all = append(all,
			sends(fmt.Sprintf("126 bytes, opcode %x", op), protocol, final|op, strings.Repeat("x", 126)),
			sends(fmt.Sprintf("70000 bytes, opcode %x", op), protocol, final|op, strings.Repeat("x", 70_000)),
			sends(fmt.Sprintf("in fragments, opcode %x", op), protocol, op, "x"))
	}
	for _, code := range []int{0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535} {
		all = append(all, malformed{fmt.Sprintf("close code %d", code), func(r *rand.Rand) []byte { return closing(r, code, "") }, protocol})
	}
	return append(all,
		// gorilla/websocket takes it for a close frame with nothing in it.
		sends("close frame of one byte", []int{1002, 1005}, final|opClose, "x"),
		malformed{"close reason that is not UTF-8", func(r *rand.Rand) []byte { return closing(r, 1000, "\xff\xfe") }, []int{1002, 1007}},
		malformed{"frames behind a close frame", func(r *rand.Rand) []byte {
			return slices.Concat(closing(r, 1000, ""), frame(r, final|opText, quietFilter), frame(r, final|0x7, "x"))
		}, normal},
		malformed{"500 pings", func(r *rand.Rand) []byte { return bytes.Repeat(frame(r, final|opPing, "x"), 500) }, policy},
		malformed{"500 pongs", func(r *rand.Rand) []byte { return bytes.Repeat(frame(r, final|opPong, ""), 500) }, policy})
}

func badFragments() []malformed {
	return []malformed{
		sends("a continuation of nothing", protocol, final|opContinuation, quietFilter),
		sends("a first fragment that continues", protocol, opContinuation, quietFilter),
		{"text inside a text", func(r *rand.Rand) []byte {
			return append(frame(r, opText, "{"), frame(r, final|opText, quietFilter)...)
		}, protocol},
		{"binary inside a text", func(r *rand.Rand) []byte {
			return append(frame(r, opText, "{"), frame(r, final|opBinary, quietFilter)...)
		}, protocol},
		{"a continuation behind the end", func(r *rand.Rand) []byte {
			return append(frame(r, final|opText, quietFilter), frame(r, final|opContinuation, "x")...)
		}, protocol},
		{"500 fragments", func(r *rand.Rand) []byte {
			return append(frame(r, opText, "{"), bytes.Repeat(frame(r, opContinuation, " "), 500)...)
		}, tooLong},
		{"500 empty fragments", func(r *rand.Rand) []byte {
			return append(frame(r, opText, ""), bytes.Repeat(frame(r, opContinuation, ""), 500)...)
		}, tooLong},
		{"fragments that are too long together", func(r *rand.Rand) []byte {
			return append(frame(r, opText, ""), bytes.Repeat(frame(r, opContinuation, strings.Repeat(" ", 4000)), 20)...)
		}, tooLong},
	}
}

func badText() (all []malformed) {
	for name, text := range map[string]string{
		"a lone continuation byte": "\x80", "a byte that is none of UTF-8": "\xff", "a cut character": "\xe2\x82",
		"an overlong slash": "\xc0\xaf", "an overlong NUL": "\xe0\x80\x80", "a surrogate": "\xed\xa0\x80",
		"beyond the last character": "\xf4\x90\x80\x80", "five bytes": "\xf8\x88\x80\x80\x80",
	} {
		all = append(all, sends(name, notUTF8, final|opText, `{"query":"`+text+`"}`),
			malformed{name + ", behind a fragment", func(r *rand.Rand) []byte {
				return append(frame(r, opText, `{"query":"`), frame(r, final|opContinuation, text+`"}`)...)
			}, notUTF8})
	}
	slices.SortFunc(all, func(a, b malformed) int { return strings.Compare(a.name, b.name) })
	return all
}

func badLengths() (all []malformed) {
	for _, length := range []uint64{1<<16 + 1, 1 << 20, 1 << 30, 1 << 40, 1<<63 - 1, 1 << 63, 1<<64 - 1} {
		all = append(all, malformed{fmt.Sprintf("says it has %d bytes", length), func(*rand.Rand) []byte {
			return claim(final|opText, length)
		}, []int{1002, 1009}})
	}
	return append(all,
		malformed{"a message of 1 MiB", func(r *rand.Rand) []byte {
			return frame(r, final|opText, `{"query":"`+strings.Repeat("x", 1<<20)+`"}`)
		}, tooLong},
		malformed{"a length of 16 bits that is not needed", func(*rand.Rand) []byte {
			return append([]byte{final | opText, 0x80 | 126, 0, 2, 0, 0, 0, 0}, "{x"...)
		}, []int{1002, 4400}},
		malformed{"a length of 64 bits that is not needed", func(*rand.Rand) []byte {
			return append(append([]byte{final | opText, 0x80 | 127, 0, 0, 0, 0, 0, 0, 0, 2}, 0, 0, 0, 0), "{x"...)
		}, []int{1002, 4400}},
		malformed{"random bytes", func(r *rand.Rand) []byte {
			b := make([]byte, 256)
			for i := range b {
				b[i] = byte(r.Uint32())
			}
			b[0] |= rsv1 // so that they are not a frame by chance
			return b
		}, []int{1002, 1009}},
		malformed{"HTTP", func(*rand.Rand) []byte { return []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n") }, []int{1002, 1009}},
		malformed{"TLS", func(*rand.Rand) []byte { return []byte("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03") }, []int{1002, 1009}})
}

func badJSON() []malformed {
	return []malformed{
		sends("no JSON", noFilter, final|opText, "query"),
		sends("an empty message", noFilter, final|opText, ""),
		sends("60,000 brackets", noFilter, final|opText, strings.Repeat("[", 60_000)),
		sends("20,000 objects", noFilter, final|opText, strings.Repeat(`{"a":`, 12_000)),
		sends("a number of 60,000 digits", noFilter, final|opText, `{"last":`+strings.Repeat("9", 60_000)+"}"),
		sends("a field twice", noFilter, final|opText, `{"query":"a","query":"b"}`),
		sends("bytes that are no text, in a binary message", []int{1003, 1007, 4400}, final|opBinary, "\x00\x01\x02\xff"),
		sends("NULs", noFilter, final|opText, "\x00\x00\x00"),
	}
}
