package termtext

import "testing"

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
			if got := Underline(test.query, test.begin, test.end); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}
