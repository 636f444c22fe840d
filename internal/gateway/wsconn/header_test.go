package wsconn

import (
	"bytes"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestHeaders(t *testing.T) {
	for _, length := range []int{0, 1, shortLength, shortLength + 1, maxLength16, maxLength16 + 1, math.MaxInt32} {
		b := appendHeader(nil, opText, length)
		if len(b) > maxServerHeader {
			t.Errorf("the header of %d bytes is %d long", length, len(b))
		}
		h, n := parseHeader(b)
		if want := (header{final: true, opcode: opText, length: uint64(length)}); h != want || n != len(b) {
			t.Errorf("%d: got %+v of %d bytes, want %+v of %d", length, h, n, want, len(b))
		}
		for cut := range b {
			if _, n := parseHeader(b[:cut]); n != 0 {
				t.Errorf("%d: the first %d bytes are taken for a header", length, cut)
			}
		}
	}
}

// However the bytes of a connection are cut into reads, what is found in them is the
// same.
func FuzzInspect(f *testing.F) {
	f.Add([]byte{0x81, 0x82, 0, 0, 0, 0, '{', '}', 0x88, 0x80, 0, 0, 0, 0}, uint8(3))
	f.Add([]byte{0x01, 0xfe, 0x10, 0, 0, 0, 0, 0}, uint8(1))
	f.Add([]byte{0x82, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, uint8(7))
	f.Add(bytes.Repeat([]byte{0x00, 0x80, 0, 0, 0, 0}, 200), uint8(5))
	f.Fuzz(func(t *testing.T, data []byte, step uint8) {
		limits := Limits{MessageSize: 1 << 10, MessageRate: 5}
		whole, cut := inbound{limits: limits}, inbound{limits: limits}
		good, end := whole.inspect(data)
		if good < 0 || good > len(data) || (end == nil) != (good == len(data) && end == nil) {
			t.Fatalf("good %d of %d with %v", good, len(data), end)
		}
		var cutEnd *End
		for rest := data; len(rest) > 0; {
			n := min(len(rest), int(step)+1)
			good, e := cut.inspect(rest[:n])
			if good < 0 || good > n {
				t.Fatalf("good %d of %d", good, n)
			}
			if cutEnd == nil {
				cutEnd = e
			}
			rest = rest[n:]
		}
		if (end == nil) != (cutEnd == nil) || end != nil && *end != *cutEnd {
			t.Fatalf("in one read %v, in several %v", end, cutEnd)
		}
		if whole.sawClose != cut.sawClose || whole.left != cut.left || whole.have != cut.have {
			t.Fatalf("in one read %+v, in several %+v", &whole, &cut)
		}
		if end != nil {
			return
		}
		for {
			a, okA := whole.messages.pop()
			b, okB := cut.messages.pop()
			if a != b || okA != okB || a.Length > limits.MessageSize {
				t.Fatalf("messages %v %v and %v %v", a, okA, b, okB)
			}
			if !okA {
				return
			}
		}
	})
}

// TestMessageRate lets as many messages begin within a second as are allowed.
func TestMessageRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var hits []string
		in := inbound{limits: Limits{MessageSize: 1 << 10, MessageRate: 3, Hit: func(limit string) { hits = append(hits, limit) }}}
		empty := []byte{finalBit | byte(opText), maskBit, 0, 0, 0, 0}
		if _, end := in.inspect(bytes.Repeat(empty, 3)); end != nil {
			t.Fatalf("three messages: %v", end)
		}
		time.Sleep(time.Second)
		if _, end := in.inspect(bytes.Repeat(empty, 4)); end == nil || end.Code != TooFast {
			t.Errorf("four messages within a second: %v", end)
		}
		if !slices.Equal(hits, []string{LimitMessageRate}) {
			t.Errorf("hits: %q", hits)
		}
	})
}
