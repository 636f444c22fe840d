package termtext

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzLine(f *testing.F) {
	for _, seed := range []string{"", "plain", "\x1b[31mred", "a\nb", "\u009b", "\u202e", "\xff\x80", "tab\t", "é\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := Line(text)
		if i := strings.IndexFunc(got, IsHostile); i >= 0 || !utf8.ValidString(got) {
			t.Errorf("Line(%q) = %q", text, got)
		}
		if strings.IndexFunc(text, IsHostile) < 0 && utf8.ValidString(text) && got != text {
			t.Errorf("Line(%q) = %q, though nothing was wrong with it", text, got)
		}
		encoded, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		escaped := AppendJSON(nil, encoded)
		var before, after string
		if json.Unmarshal(encoded, &before) != nil || json.Unmarshal(escaped, &after) != nil || before != after {
			t.Errorf("AppendJSON(%q) = %q, which means something else", encoded, escaped)
		}
		if strings.ContainsFunc(string(escaped), IsHostile) {
			t.Errorf("AppendJSON(%q) = %q", encoded, escaped)
		}
	})
}
