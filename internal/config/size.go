package config

import (
	"encoding"
	"errors"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes, not negative. Its text has a unit: "256KiB".
type Size int64

var (
	_ encoding.TextMarshaler   = Size(0)
	_ encoding.TextUnmarshaler = (*Size)(nil)
)

// The units of a Size.
const (
	KiB Size = 1 << 10
	MiB Size = 1 << 20
	GiB Size = 1 << 30
	TiB Size = 1 << 40
)

// sizeUnits are written in any case. A bare K or M is refused: half of its writers mean
// 1,000 and the other half 1,024.
var sizeUnits = map[string]Size{
	"": 1, "b": 1,
	"kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000, "tb": 1_000_000_000_000,
	"kib": KiB, "mib": MiB, "gib": GiB, "tib": TiB,
}

var errSize = errors.New("is not a size: write a number with B, KiB, MiB, GiB, TiB, KB, MB, GB or TB, as in 256KiB")

// ParseSize returns the size that a text means: "256KiB", "1.5 GB", "4096" (bytes). It
// fails for anything else, for a negative number, and for one over 2^63-1 bytes.
func ParseSize(text string) (Size, error) {
	text = strings.TrimSpace(text)
	digits := strings.TrimRightFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	unit, ok := sizeUnits[strings.ToLower(strings.TrimSpace(text[len(digits):]))]
	if !ok {
		return 0, errSize
	}
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		if n < 0 || n > math.MaxInt64/int64(unit) {
			return 0, errSize
		}
		return Size(n) * unit, nil
	}
	f, err := strconv.ParseFloat(digits, 64)
	// The comparison is the right way round for NaN too.
	if err != nil || !(f >= 0 && f*float64(unit) < math.MaxInt64) {
		return 0, errSize
	}
	return Size(f * float64(unit)), nil
}

// String returns the size in the largest unit that divides it.
func (s Size) String() string {
	for _, unit := range []struct {
		size Size
		name string
	}{{TiB, "TiB"}, {GiB, "GiB"}, {MiB, "MiB"}, {KiB, "KiB"}} {
		if s != 0 && s%unit.size == 0 {
			return strconv.FormatInt(int64(s/unit.size), 10) + unit.name
		}
	}
	return strconv.FormatInt(int64(s), 10) + "B"
}

// MarshalText returns String. It does not fail.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText sets the size from what ParseSize accepts.
func (s *Size) UnmarshalText(text []byte) error {
	parsed, err := ParseSize(string(text))
	if err == nil {
		*s = parsed
	}
	return err
}
