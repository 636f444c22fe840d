package filter

import (
	"iter"
	"strings"
	"testing"
)

// The text of a hostile sender and the filter of a hostile viewer, together.
func hostileSearch() (*search, string) {
	return newSearch(strings.Repeat("ab", 250) + "aa"), strings.Repeat("ab", 128<<10)
}

func TestSearchChangesToLinearOnHostileText(t *testing.T) {
	s, text := hostileSearch()
	for range s.anchors {
		if s.in(text) {
			t.Fatal("found what is not there")
		}
	}
	if !s.in(text + "aa") {
		t.Error("did not find what is there")
	}
	if !s.in(strings.ToUpper(text) + "Aa") {
		t.Error("did not find it in upper case")
	}
}

// Every text of a and b up to a length, in every other: many begin inside themselves.
func TestSearchFindsOverlaps(t *testing.T) {
	for needle := range words(5) {
		s := newSearch(needle)
		for text := range words(8) {
			want := strings.Contains(text, needle)
			if s.in(text) != want || s.inLinear(text) != want {
				t.Fatalf("%q in %q: %v, linear %v, want %v", needle, text, s.in(text), s.inLinear(text), want)
			}
		}
	}
}

// Behind aabaaa comes not c but b, and the search must go on with aab.
func TestLinearSearchGoesOnWithTheRightBeginning(t *testing.T) {
	if !newSearch("aabaaac").inLinear("aabaaabaaac") {
		t.Error("did not find what is there")
	}
}

// words yields all texts of a and b with 1 to longest characters.
func words(longest int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for length := 1; length <= longest; length++ {
			for bits := range 1 << length {
				text := []byte(strings.Repeat("a", length))
				for i := range text {
					text[i] += byte(bits >> i & 1)
				}
				if !yield(string(text)) {
					return
				}
			}
		}
	}
}

func TestSearchPrefersRareAnchors(t *testing.T) {
	for needle, anchor := range map[string]string{"queue": "q", "timeout": "u", "user 42": "u", "kiss": "i", "x-y": "x", "error!": "!"} {
		if got := newSearch(needle).anchors[0]; !strings.EqualFold(got, anchor) {
			t.Errorf("%q is searched for by %q, want %q", needle, got, anchor)
		}
	}
}

func BenchmarkSearchHostile(b *testing.B) {
	s, text := hostileSearch()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if s.in(text) {
			b.Fatal("found what is not there")
		}
	}
}
