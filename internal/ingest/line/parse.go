package line

import (
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// Parser makes entries of lines. The zero value is ready to use. It is safe for
// concurrent use.
type Parser struct {
	// Location is the zone of times that do not name one. Default UTC, which is what
	// servers log in; a local zone would make the same file mean another thing on
	// another machine.
	Location *time.Location
}

// Parse returns the entry that a line stands for, read at now. Its timestamp is 0 where
// the line has none; its message is valid UTF-8, and empty only if the line is.
// A line feed or carriage return at the end is not part of the line.
//
// The entry's strings may point into text.
func (p Parser) Parse(text string, now time.Time) *entry.Entry {
	text = strings.TrimRight(text, "\r\n")
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	body := strings.TrimSpace(text)
	if body == "" {
		return &entry.Entry{Message: text}
	}
	clock := clock{now: now, location: p.Location}
	if e := parseStructured(body, clock); e != nil {
		if e.Message == "" {
			e.Message = text
		}
		return e
	}
	e := &entry.Entry{Message: text}
	parsePlain(e, body, clock)
	return e
}

// Parse is Parser{}.Parse: times without a zone are UTC.
func Parse(text string, now time.Time) *entry.Entry {
	return Parser{}.Parse(text, now)
}

// parseStructured returns nil for a line that is neither JSON nor logfmt.
func parseStructured(body string, clock clock) *entry.Entry {
	isJSON := body[0] == '{' && body[len(body)-1] == '}'
	if !isJSON && !looksLikeLogfmt(body) {
		return nil
	}
	r := records.Get().(*record)
	defer r.release()
	if isJSON {
		if !r.readJSON(body) {
			return nil
		}
	} else if !r.readLogfmt(body) {
		return nil
	}
	return r.entry(clock)
}

// records holds records between two lines: their fields are the largest piece of garbage
// that a line makes.
var records = sync.Pool{New: func() any { return new(record) }}
