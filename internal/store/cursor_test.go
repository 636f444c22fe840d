package store

import (
	"encoding/base64"
	"errors"
	"hash/crc32"
	"math"
	"testing"

	"go.uber.org/goleak"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCursorRoundTrip(t *testing.T) {
	for _, ep := range []Epoch{0, 1, 0xabcdef1234, epochMask} {
		for _, p := range []entry.Position{0, 1, 1 << 40, math.MaxUint64} {
			cursor := ep.Cursor(p)
			if len(cursor) != CursorLength {
				t.Errorf("the cursor %q is of %d characters, want %d", cursor, len(cursor), CursorLength)
			}
			got, err := ep.ParseCursor(cursor)
			if err != nil || got != p {
				t.Errorf("the cursor of %d parses to %d: %v", p, got, err)
			}
			if _, err := (ep ^ 1).ParseCursor(cursor); !errors.Is(err, ErrCursorEpoch) {
				t.Errorf("a cursor of another epoch: %v, want ErrCursorEpoch", err)
			}
		}
	}
}

// TestCursorFlip changes each bit of a cursor, and each character to every other byte.
func TestCursorFlip(t *testing.T) {
	const ep = Epoch(0x1234567890)
	cursor := ep.Cursor(123_456_789)
	raw, err := base64.URLEncoding.DecodeString(cursor)
	if err != nil {
		t.Fatal(err)
	}
	for bit := range 8 * len(raw) {
		raw[bit/8] ^= 1 << (bit % 8)
		if p, err := ep.ParseCursor(base64.URLEncoding.EncodeToString(raw)); !errors.Is(err, ErrCursorMalformed) {
			t.Errorf("with bit %d wrong it parses to %d: %v", bit, p, err)
		}
		raw[bit/8] ^= 1 << (bit % 8)
	}
	for i := range len(cursor) {
		for c := range 256 {
			garbled := []byte(cursor)
			garbled[i] = byte(c)
			if string(garbled) == cursor {
				continue
			}
			if p, err := ep.ParseCursor(string(garbled)); !errors.Is(err, ErrCursorMalformed) {
				t.Errorf("%q parses to %d: %v", garbled, p, err)
			}
		}
	}
}

func TestCursorMalformed(t *testing.T) {
	const ep = Epoch(7)
	good := ep.Cursor(1)
	for _, cursor := range []string{"", "x", good[1:], good + "A", good[:20], "                        ", "\n" + good[1:]} {
		if _, err := ep.ParseCursor(cursor); !errors.Is(err, ErrCursorMalformed) {
			t.Errorf("%q: %v, want ErrCursorMalformed", cursor, err)
		}
	}
}

func TestCheckCursor(t *testing.T) {
	const ep = Epoch(7)
	bounds := Bounds{Floor: 10, Head: 20}
	for p, want := range map[entry.Position]error{9: ErrCursorTooOld, 10: nil, 15: nil, 20: nil, 21: ErrCursorAhead} {
		if got, err := ep.CheckCursor(ep.Cursor(p), bounds); !errors.Is(err, want) || err == nil && got != p {
			t.Errorf("the cursor of %d leads to %d: %v, want %v", p, got, err, want)
		}
	}
	if _, err := ep.CheckCursor(Epoch(8).Cursor(15), bounds); !errors.Is(err, ErrCursorEpoch) {
		t.Errorf("a cursor of another epoch: %v", err)
	}
	if _, err := ep.CheckCursor("?", bounds); !errors.Is(err, ErrCursorMalformed) {
		t.Errorf("no cursor: %v", err)
	}
}

func TestAppendCursorAllocates(t *testing.T) {
	b := make([]byte, 0, CursorLength)
	if len(Epoch(7).AppendCursor(b, 5)) != CursorLength {
		t.Error("a cursor is not as long as it says")
	}
	if n := testing.AllocsPerRun(100, func() { _ = Epoch(7).AppendCursor(b, 5) }); n != 0 {
		t.Errorf("AppendCursor allocates %v times, want 0", n)
	}
}

func FuzzParseCursor(f *testing.F) {
	f.Add(Epoch(7).Cursor(1))
	f.Add("")
	f.Add("AAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, cursor string) {
		// What parses is exactly what was made of that position.
		if p, err := Epoch(7).ParseCursor(cursor); err == nil && Epoch(7).Cursor(p) != cursor {
			t.Errorf("%q is accepted as a cursor of %d, whose cursor is %q", cursor, p, Epoch(7).Cursor(p))
		}
	})
}

func BenchmarkAppendCursor(b *testing.B) {
	dst := make([]byte, 0, CursorLength)
	b.ReportAllocs()
	for b.Loop() {
		dst = Epoch(7).AppendCursor(dst[:0], 5)
	}
}

func TestCursorSum(t *testing.T) {
	var b [cursorBytes]byte
	for i := range b {
		b[i] = byte(i * 37)
	}
	if got, want := cursorSum(&b), crc32.Checksum(b[:checkedBytes], castagnoli); got != want {
		t.Errorf("the sum is %x, want %x", got, want)
	}
}
