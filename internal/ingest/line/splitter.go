package line

import (
	"bytes"
	"iter"
)

// DefaultMaxBytes is the length at which lines are cut unless told otherwise: the default
// limit of an entry.
const DefaultMaxBytes = 256 << 10

// Line is a line as it was read.
type Line struct {
	// Text is the line without its line feed, cut at the Splitter's limit.
	Text string
	// Length is how long it was, in bytes. Greater than that of Text if it was cut.
	Length int
}

// Splitter cuts a stream of bytes that comes in pieces into lines of bounded length. What
// a line has beyond the limit is counted and dropped, so that it never holds more than
// one limit in memory. The zero value cuts at DefaultMaxBytes. It must not be used
// concurrently.
type Splitter struct {
	// MaxBytes is the length at which lines are cut. Default DefaultMaxBytes.
	MaxBytes int

	partial []byte
	dropped int
}

// keptPartial bounds the buffer that stays from one long line to the next.
const keptPartial = 16 << 10

// Lines returns the lines that end in piece. What follows the last of them is kept for the
// next piece, once the iteration has come to its end; piece is not kept.
func (s *Splitter) Lines(piece []byte) iter.Seq[Line] {
	return func(yield func(Line) bool) {
		for {
			i := bytes.IndexByte(piece, '\n')
			if i < 0 {
				s.keep(piece)
				return
			}
			var l Line
			if len(s.partial) == 0 && i <= s.limit() {
				l = Line{Text: string(piece[:i]), Length: i} // Nothing to join: one copy.
			} else {
				s.keep(piece[:i])
				l, _ = s.Rest()
			}
			piece = piece[i+1:]
			if !yield(l) {
				return
			}
		}
	}
}

// Rest returns the line that has begun and not ended, if there is one, and forgets it.
func (s *Splitter) Rest() (Line, bool) {
	if len(s.partial) == 0 {
		return Line{}, false
	}
	l := Line{Text: string(s.partial), Length: len(s.partial) + s.dropped}
	if cap(s.partial) > keptPartial {
		s.partial = nil
	}
	s.partial, s.dropped = s.partial[:0], 0
	return l, true
}

// Pending is the number of bytes since the last line feed.
func (s *Splitter) Pending() int { return len(s.partial) + s.dropped }

func (s *Splitter) keep(piece []byte) {
	room := max(s.limit()-len(s.partial), 0)
	if len(piece) > room {
		s.dropped += len(piece) - room
		piece = piece[:room]
	}
	s.partial = append(s.partial, piece...)
}

func (s *Splitter) limit() int {
	if s.MaxBytes > 0 {
		return s.MaxBytes
	}
	return DefaultMaxBytes
}
