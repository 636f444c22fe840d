package filter

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Case is folded as regexp's (?i) does it: by the orbits of unicode.SimpleFold, so that
// k, K and the Kelvin sign are one, and so are s, S and ſ, or σ, ς and Σ, while ß is
// not ss. strings.ToLower disagrees about several of these; a prefilter for a regular
// expression that folded with it would lose matches.

// foldRune returns the rune that stands for all of r's orbit: its lower-case one.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		return rune(foldASCII[r])
	}
	smallest := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		smallest = min(smallest, next)
	}
	lower := unicode.ToLower(smallest)
	for next := unicode.SimpleFold(smallest); next != smallest; next = unicode.SimpleFold(next) {
		if next == lower {
			return lower
		}
	}
	return smallest // its own orbit, or a lower case that is of another one, as of İ
}

// foldASCII is foldRune of the bytes that are a rune each. Those above are never
// looked up; they are here so that the index needs no check.
var foldASCII = func() (table [256]byte) {
	for i := range table {
		table[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			table[i] += 'a' - 'A'
		}
	}
	return table
}()

func foldString(s string) string { return strings.Map(foldRune, s) }

// AppendFolded appends a text as an atom that [Contains] it has it: with every character
// replaced by the one that stands for all its cases, and U+FFFD for what is not UTF-8.
func AppendFolded(b []byte, text string) []byte {
	b = slices.Grow(b, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= utf8.RuneSelf {
			for _, r := range text[i:] {
				b = utf8.AppendRune(b, foldRune(r))
			}
			return b
		}
		b = append(b, foldASCII[c])
	}
	return b
}

// hasCases tells whether other runes fold to the same one as the folded rune r.
func hasCases(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z'
	}
	return unicode.SimpleFold(r) != r
}

// orbit returns all runes that fold to the same rune as r.
func orbit(r rune) []rune {
	runes := []rune{r}
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		runes = append(runes, next)
	}
	return runes
}
