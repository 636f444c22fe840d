package filter

import (
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
