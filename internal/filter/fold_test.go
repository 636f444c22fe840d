package filter

import (
	"regexp"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// Two runes are one to us exactly if they are to regexp's (?i).
func TestFoldIsThatOfRegexp(t *testing.T) {
	largest := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if 0xD800 <= r && r <= 0xDFFF {
			continue // surrogates are no characters
		}
		runes := orbit(r)
		largest = max(largest, len(runes))
		if len(runes) == 1 {
			if foldRune(r) != r {
				t.Fatalf("foldRune(%U) = %U, but it has no other case", r, foldRune(r))
			}
			continue
		}
		re := regexp.MustCompile("^(?i:" + regexp.QuoteMeta(string(r)) + ")$")
		for _, other := range runes {
			if foldRune(other) != foldRune(r) || !re.MatchString(string(other)) {
				t.Fatalf("%U and %U: folded to %U and %U, regexp says %v", r, other, foldRune(r), foldRune(other), re.MatchString(string(other)))
			}
		}
	}
	if largest != maxOrbit {
		t.Errorf("the largest orbit has %d runes, maxOrbit is %d", largest, maxOrbit)
	}
}

func TestFoldExamples(t *testing.T) {
	for _, same := range []string{"kK\u212a", "sSſ", "σςΣ", "éÉ", "åÅ\u212b", "ßẞ", "ω\u03a9\u2126", "дД\u1c81"} {
		first, _ := utf8.DecodeRuneInString(same)
		first = foldRune(first)
		for _, r := range same {
			if foldRune(r) != first {
				t.Errorf("%q is not folded like the rest of %q", r, same)
			}
		}
		if !unicode.IsLower(first) {
			t.Errorf("%q is folded to %q, which does not read as lower case", same, first)
		}
	}
	for _, differ := range []string{"İi", "ıi", "Kx"} {
		runes := []rune(differ)
		if foldRune(runes[0]) == foldRune(runes[1]) {
			t.Errorf("%q and %q are folded alike", runes[0], runes[1])
		}
	}
	if foldString("STRASSE") == foldString("straße") {
		t.Error("ß is folded to ss")
	}
}

// drawText draws a text of few characters with many cases, so that parts of it occur
// in each other.
func drawText(t *rapid.T, label string, least, most int) string {
	runes := rapid.SliceOfN(rapid.SampledFrom([]rune("aAbBkK\u212asSſσςΣßẞiİıéÉ 1.日")), least, most).Draw(t, label)
	return string(runes)
}

func TestSearchIsThatOfRegexp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawText(t, "text", 0, 60)
		needle := drawText(t, "needle", 1, 6)
		want := regexp.MustCompile("(?i)" + regexp.QuoteMeta(needle)).MatchString(text)
		s := newSearch(needle)
		if got := s.in(text); got != want {
			t.Fatalf("%q in %q: %v, regexp says %v", needle, text, got, want)
		}
		if got := s.exact || s.inLinear(text) == want; !got {
			t.Fatalf("%q in %q by the linear search: %v, regexp says %v", needle, text, !want, want)
		}
	})
}
