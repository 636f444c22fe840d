package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxOrbit is the size of the largest orbit in Unicode: a test counts them.
const maxOrbit = 4

// search is a text to be searched for in any case. The search looks for one of its
// runes, the one that is rarest in logs, in each of its cases with the assembly of
// strings.Index, and compares the rest only there. Nothing is allocated. In a message of
// 95 bytes that takes 40 ns, where strings.Contains in a lower-case copy takes 250,
// folding rune by rune 290, and regexp's (?i) 1,700.
type search struct {
	// whole is the text, folded; before and after are what surrounds the anchor in it.
	whole, before, after []rune
	// anchors are the cases of one rune, at most maxOrbit.
	anchors []string
	// borders are what inLinear needs.
	borders []uint16
	// exact means that no rune has cases, or that case counts: the only anchor is the
	// whole text.
	exact bool
}

// newExactSearch makes the search for a text in this case alone.
func newExactSearch(text string) *search {
	return &search{anchors: []string{text}, exact: true}
}

// newSearch makes the search for a text in any case. The text must not be empty.
func newSearch(text string) *search {
	runes := []rune(foldString(text))
	exact, best, bestRank := true, 0, rank(runes[0])
	for i, r := range runes {
		exact = exact && !hasCases(r)
		if this := rank(r); this > bestRank {
			best, bestRank = i, this
		}
	}
	if exact {
		return newExactSearch(text)
	}
	s := &search{whole: runes, before: runes[:best], after: runes[best+1:], borders: borders(runes)}
	for _, r := range orbit(runes[best]) {
		s.anchors = append(s.anchors, string(r))
	}
	return s
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
	switch {
	case !hasCases(r):
		return 2*at + 1
	case unicode.SimpleFold(unicode.SimpleFold(r)) != r:
		return -1
	}
	return 2 * at
}

// in tells whether the text occurs in this one.
func (s *search) in(text string) bool {
	if s.exact {
		return strings.Contains(text, s.anchors[0])
	}
	var next [maxOrbit]int // where each case of the anchor occurs next
	for i, anchor := range s.anchors {
		next[i] = indexFrom(text, anchor, 0)
	}
	for patience := patienceFactor * (len(text) + len(s.before) + len(s.after)); patience > 0; {
		first := 0
		for i := range s.anchors {
			if next[i] < next[first] {
				first = i
			}
		}
		at := next[first]
		if at == len(text) {
			return false
		}
		end := at + len(s.anchors[first])
		after := foldedPrefix(text[end:], s.after)
		if after == len(s.after) {
			before := foldedSuffix(text[:at], s.before)
			if before == len(s.before) {
				return true
			}
			patience -= before
		}
		patience -= after
		next[first] = indexFrom(text, s.anchors[first], end)
	}
	return s.inLinear(text)
}

// patienceFactor is how many runes are compared in vain, for each rune of the text,
// before the search changes to the linear one. Ordinary text stays far below 1; 4 runes
// take as long as the linear search takes for one.
const patienceFactor = 4

// indexFrom returns where text occurs in s at from or later, and len(s) if nowhere.
func indexFrom(s, text string, from int) int {
	if i := strings.Index(s[from:], text); i >= 0 {
		return from + i
	}
	return len(s)
}

// foldedPrefix returns how many of these folded runes s begins with.
func foldedPrefix(s string, want []rune) int {
	i := 0
	for n, w := range want {
		if i == len(s) {
			return n
		}
		if c := s[i]; c < utf8.RuneSelf {
			if rune(foldASCII[c]) != w {
				return n
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if foldRune(r) != w {
			return n
		}
		i += size
	}
	return len(want)
}

// foldedSuffix returns how many of these folded runes s ends with.
func foldedSuffix(s string, want []rune) int {
	i := len(s)
	for n := range want {
		if i == 0 {
			return n
		}
		w := want[len(want)-1-n]
		if c := s[i-1]; c < utf8.RuneSelf {
			if rune(foldASCII[c]) != w {
				return n
			}
			i--
			continue
		}
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if foldRune(r) != w {
			return n
		}
		i -= size
	}
	return len(want)
}

// inLinear is in by the algorithm of Knuth, Morris and Pratt: eight times slower on
// ordinary text, and linear on any. Without it, to search for abab…aa in 256 KiB of
// abab… takes 55 ms instead of 2, and whoever may send both could stop the server.
func (s *search) inLinear(text string) bool {
	matched := 0
	for _, r := range text {
		r = foldRune(r)
		for matched > 0 && s.whole[matched] != r {
			matched = int(s.borders[matched])
		}
		if s.whole[matched] == r {
			matched++
		}
		if matched == len(s.whole) {
			return true
		}
	}
	return false
}

// borders returns for each n the length of the longest proper prefix of the first n
// runes that is also their suffix.
func borders(runes []rune) []uint16 {
	table := make([]uint16, len(runes)+1)
	border := 0
	for i := 1; i < len(runes); i++ {
		for border > 0 && runes[border] != runes[i] {
			border = int(table[border])
		}
		if runes[border] == runes[i] {
			border++
		}
		table[i+1] = uint16(border) // at most MaxLiteralBytes
	}
	return table
}
