package cli

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzHarmless(f *testing.F) {
	for _, seed := range []string{"", "plain", "\x1b[31mred", "a\nb", "\u009b", "\u202e", "\xff\x80", "tab\t", "é\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := harmless(text)
		if i := strings.IndexFunc(got, isHostile); i >= 0 || !utf8.ValidString(got) {
			t.Errorf("harmless(%q) = %q", text, got)
		}
		if strings.IndexFunc(text, isHostile) < 0 && utf8.ValidString(text) && got != text {
			t.Errorf("harmless(%q) = %q, though nothing was wrong with it", text, got)
		}
		encoded, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		escaped := appendHarmlessJSON(nil, encoded)
		var before, after string
		if json.Unmarshal(encoded, &before) != nil || json.Unmarshal(escaped, &after) != nil || before != after {
			t.Errorf("appendHarmlessJSON(%q) = %q, which means something else", encoded, escaped)
		}
		if strings.ContainsFunc(string(escaped), isHostile) {
			t.Errorf("appendHarmlessJSON(%q) = %q", encoded, escaped)
		}
	})
}

func TestUnderline(t *testing.T) {
	tests := map[string]struct {
		query      string
		begin, end int
		want       string
	}{
		"a word":          {"a AND status=1", 6, 12, "  a AND status=1\n        ^^^^^^"},
		"an empty range":  {"a AND", 5, 5, "  a AND\n       ^"},
		"wide text":       {"日本 x", 7, 8, "  日本 x\n       ^"},
		"the second line": {"one\ntwo three", 8, 13, "  two three\n      ^^^^^"},
		"beyond its line": {"one\ntwo", 1, 6, "  one\n   ^^"},
		"hostile":         {"\x1b[2J x", 5, 6, "  ·[2J x\n       ^"},
		"out of range":    {"ab", 7, 9, "  ab\n    ^"},
		"not UTF-8":       {"\xff x", 2, 3, "  · x\n    ^"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := underline(test.query, test.begin, test.end); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}
