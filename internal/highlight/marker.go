package highlight

import (
	"iter"
	"regexp"
	"strings"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// maxLooked is how many bytes of a message are looked at, as many as the server's regular
// expressions look at: a message of hundreds of KiB must not hold the screen up.
const maxLooked = 16 << 10

// Marker marks what a filter looks for. Its zero value, and nil, mark nothing.
type Marker struct {
	wanted *regexp.Regexp
}

// New returns the marker of a filter: of the words, texts and regular expressions of its
// query, and of its fields contains and regex.
func New(f *loggerv1.LogFilter) *Marker {
	patterns := patterns(f.GetQuery())
	for _, text := range f.GetContains() {
		patterns = append(patterns, literal(text))
	}
	patterns = append(patterns, expression(f.GetRegex()))
	var parts []string
	for _, p := range patterns {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 {
		return &Marker{}
	}
	wanted, err := regexp.Compile(strings.Join(parts, "|"))
	if err != nil {
		return &Marker{} // each part compiles: together they are too large
	}
	return &Marker{wanted: wanted}
}

// Pieces returns a text in pieces, in order, and whether each is marked. Together they are
// the text.
func (m *Marker) Pieces(text string) iter.Seq2[string, bool] {
	return func(yield func(string, bool) bool) {
		at := 0
		for _, span := range m.spans(text) {
			if span[0] > at && !yield(text[at:span[0]], false) {
				return
			}
			if !yield(text[span[0]:span[1]], true) {
				return
			}
			at = span[1]
		}
		if at < len(text) {
			yield(text[at:], false)
		}
	}
}

// spans returns the ranges of bytes to be marked, none of them empty.
func (m *Marker) spans(text string) [][]int {
	if m == nil || m.wanted == nil {
		return nil
	}
	all := m.wanted.FindAllStringIndex(text[:min(len(text), maxLooked)], -1)
	full := all[:0]
	for _, span := range all {
		if span[0] < span[1] {
			full = append(full, span)
		}
	}
	return full
}

// literal returns the pattern of a text in any case.
func literal(text string) string {
	if text == "" {
		return ""
	}
	return "(?i:" + regexp.QuoteMeta(text) + ")"
}

// expression returns the pattern of a regular expression, "" if it is none.
func expression(source string) string {
	if source == "" {
		return ""
	}
	if _, err := regexp.Compile(source); err != nil {
		return ""
	}
	return "(?:" + source + ")"
}
