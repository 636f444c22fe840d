package highlight_test

import (
	"strings"
	"testing"

	"go.uber.org/goleak"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/highlight"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// marked returns a text with [ ] around what is marked.
func marked(m *highlight.Marker, text string) string {
	var b strings.Builder
	for piece, on := range m.Pieces(text) {
		if on {
			piece = "[" + piece + "]"
		}
		b.WriteString(piece)
	}
	return b.String()
}

func TestWhatAQueryMarks(t *testing.T) {
	const text = `Payment 0042 failed: upstream TIMEOUT after 30s (a "quote")`
	tests := map[string]string{
		``:                                     text,
		`timeout`:                              `Payment 0042 failed: upstream [TIMEOUT] after 30s (a "quote")`,
		`failed AND timeout OR payment`:        `[Payment] 0042 [failed]: upstream [TIMEOUT] after 30s (a "quote")`,
		`"upstream timeout"`:                   `Payment 0042 failed: [upstream TIMEOUT] after 30s (a "quote")`,
		`"a \"quote\""`:                        `Payment 0042 failed: upstream TIMEOUT after 30s ([a "quote"])`,
		`message:after`:                        `Payment 0042 failed: upstream TIMEOUT [after] 30s (a "quote")`,
		`message="Payment*"`:                   `[Payment] 0042 failed: upstream TIMEOUT after 30s (a "quote")`,
		`message=~"\d+"`:                       `Payment [0042] failed: upstream TIMEOUT after [30]s (a "quote")`,
		`message=~"timeout"`:                   text, // regular expressions look in their own case
		`message=~"("`:                         text,
		`message!~"\d" message!=30s message:*`: text,
		`-timeout NOT failed`:                  text,
		`-(timeout OR failed) after`:           `Payment 0042 failed: upstream TIMEOUT [after] 30s (a "quote")`,
		`NOT (timeout (failed)) OR (after)`:    `Payment 0042 failed: upstream TIMEOUT [after] 30s (a "quote")`,
		`service=payment severity>=ERROR 30s`:  `Payment 0042 failed: upstream TIMEOUT after [30s] (a "quote")`,
		`host=(payment OR failed) 0042`:        `Payment [0042] failed: upstream TIMEOUT after 30s (a "quote")`,
		`regex(message, "after") 0042`:         `Payment [0042] failed: upstream TIMEOUT after 30s (a "quote")`,
		`attributes."failed now"=after 30s`:    `Payment 0042 failed: upstream TIMEOUT after [30s] (a "quote")`,
		// Half typed, or wrong.
		`failed AND (`: `Payment 0042 [failed]: upstream TIMEOUT after 30s (a "quote")`,
		`"upstre`:      `Payment 0042 failed: [upstre]am TIMEOUT after 30s (a "quote")`,
		`service=`:     text,
		`)) failed - `: `Payment 0042 [failed]: upstream TIMEOUT after 30s (a "quote")`,
	}
	for query, want := range tests {
		t.Run(query, func(t *testing.T) {
			if got := marked(highlight.New(&loggerv1.LogFilter{Query: query}), text); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestWhatFieldsMark(t *testing.T) {
	m := highlight.New(&loggerv1.LogFilter{Contains: []string{"ONE", ""}, Excludes: []string{"two"}, Regex: "t[h]ree"})
	if got, want := marked(m, "one two three"), "[one] two [three]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := marked(nil, "one"); got != "one" {
		t.Errorf("no marker marked %s", got)
	}
}

// Any text may be typed, and a piece must not be lost or end inside a character.
func FuzzPieces(f *testing.F) {
	f.Add(`a -b (c OR "d`, "a b c d")
	f.Add(`message=~"é|x*"`, "é\xff")
	f.Add("=(", "=")
	f.Fuzz(func(t *testing.T, query, text string) {
		m := highlight.New(&loggerv1.LogFilter{Query: query})
		var all strings.Builder
		for piece := range m.Pieces(text) {
			if piece == "" {
				t.Error("an empty piece")
			}
			all.WriteString(piece)
		}
		if all.String() != text {
			t.Errorf("the pieces are %q, the text was %q", all.String(), text)
		}
	})
}
