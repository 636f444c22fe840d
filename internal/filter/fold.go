package filter

import (
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

// orbit returns all runes that fold to the same rune as r.
func orbit(r rune) []rune {
	runes := []rune{r}
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		runes = append(runes, next)
	}
	return runes
}

// maxOrbit is the size of the largest orbit in Unicode: a test counts them.
const maxOrbit = 4

// folded is a text to be searched for in any case. The search looks for one of its
// runes, the one that is rarest in logs, in each of its cases with the assembly of
// strings.Index, and compares the rest only there: about ten times as fast as folding
// every rune of the haystack, and nothing is allocated.
type folded struct {
	before, after []rune // what surrounds the anchor, folded
	anchors       []string
	exact         bool // no rune has cases: the only anchor is the whole text
}

// newFolded makes the search for a text, which must not be empty.
func newFolded(text string) folded {
	runes := []rune(foldString(text))
	exact, best := true, 0
	for i, r := range runes {
		exact = exact && len(orbit(r)) == 1
		if rank(r) > rank(runes[best]) {
			best = i
		}
	}
	if exact {
		return folded{anchors: []string{text}, exact: true}
	}
	f := folded{before: runes[:best], after: runes[best+1:]}
	for _, r := range orbit(runes[best]) {
		f.anchors = append(f.anchors, string(r))
	}
	return f
}

// byFrequency are the characters of log text, both cases together, the commonest
// first, as counted in the public loghub samples. They go from 8 % to 0.2 %; what is
// not here is rarer.
const byFrequency = " 01eato2rnscid-5.:34l67m98pubfghv/k_[]w=yj,x()|"

// rank says how good an anchor a folded rune is: the rarer the better, and with fewer
// cases to look for. K and s have a third, of three bytes, and are taken last.
func rank(r rune) int {
	at := strings.IndexRune(byFrequency, r)
	if at < 0 {
		at = len(byFrequency)
	}
	cases := len(orbit(r))
	if cases > 2 {
		return -1
	}
	return 2*at - cases
}

// in tells whether the text occurs in s.
func (f *folded) in(s string) bool {
	if f.exact {
		return strings.Contains(s, f.anchors[0])
	}
	var next [maxOrbit]int // where each case of the anchor occurs next
	for i, anchor := range f.anchors {
		next[i] = indexFrom(s, anchor, 0)
	}
	for {
		first := 0
		for i := range f.anchors {
			if next[i] < next[first] {
				first = i
			}
		}
		at := next[first]
		if at == len(s) {
			return false
		}
		end := at + len(f.anchors[first])
		if foldedPrefix(s[end:], f.after) && foldedSuffix(s[:at], f.before) {
			return true
		}
		next[first] = indexFrom(s, f.anchors[first], end)
	}
}

// indexFrom returns where text occurs in s at from or later, and len(s) if nowhere.
func indexFrom(s, text string, from int) int {
	if i := strings.Index(s[from:], text); i >= 0 {
		return from + i
	}
	return len(s)
}

// foldedPrefix tells whether s begins with these folded runes.
func foldedPrefix(s string, want []rune) bool {
	i := 0
	for _, w := range want {
		if i == len(s) {
			return false
		}
		if c := s[i]; c < utf8.RuneSelf {
			if rune(foldASCII[c]) != w {
				return false
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if foldRune(r) != w {
			return false
		}
		i += size
	}
	return true
}

// foldedSuffix tells whether s ends with these folded runes.
func foldedSuffix(s string, want []rune) bool {
	i := len(s)
	for at := len(want) - 1; at >= 0; at-- {
		if i == 0 {
			return false
		}
		if c := s[i-1]; c < utf8.RuneSelf {
			if rune(foldASCII[c]) != want[at] {
				return false
			}
			i--
			continue
		}
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if foldRune(r) != want[at] {
			return false
		}
		i -= size
	}
	return true
}
