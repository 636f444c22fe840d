package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/line"
)

// input is what was read: an entry, or why there will be no more.
type input struct {
	entry *loggerv1.LogEntry
	err   error
}

// readAhead bounds the lines that were read and not yet stored: as many as two batches.
const readAhead = 2 * batchEntries

// read reads standard input on a goroutine of its own, and closes the channel at its end.
//
// The goroutine is not waited for if ctx ends first: a read of a terminal or a pipe cannot
// be broken off, and the process is about to end.
func (s *send) read(ctx context.Context) <-chan input {
	ch := make(chan input, readAhead)
	go func() {
		defer close(ch)
		put := func(in input) bool {
			select {
			case ch <- in:
				return true
			case <-ctx.Done():
				return false
			}
		}
		var splitter line.Splitter
		const piece = 64 << 10
		buffer := make([]byte, piece)
		for {
			n, err := s.console.in.Read(buffer)
			for l := range splitter.Lines(buffer[:n]) {
				if !s.put(l, put) {
					return
				}
			}
			if err == nil {
				continue
			}
			if rest, ok := splitter.Rest(); ok && !s.put(rest, put) {
				return
			}
			if !errors.Is(err, io.EOF) {
				put(input{err: fail(exitFailed, "standard input cannot be read: %v", err)})
			}
			return
		}
	}()
	return ch
}

// put makes an entry of a line. An empty line is none.
func (s *send) put(l line.Line, put func(input) bool) bool {
	if l.Length == 0 || l.Text == "\r" {
		return true
	}
	e := line.Parse(l.Text, s.console.now())
	if e.Severity == 0 {
		e.Severity = entry.SeverityOfGroup(s.level.severity)
	}
	p := e.ToProto("")
	p.Service = cmp.Or(p.GetService(), s.service)
	p.Host = cmp.Or(p.GetHost(), s.host)
	if len(l.Text) < l.Length {
		if p.Attributes == nil {
			p.Attributes = make(map[string]string)
		}
		p.Attributes[ingest.KeyTruncated] = "true"
		p.Attributes[ingest.KeyOriginalLength] = strconv.Itoa(l.Length)
	}
	encodable(p)
	return put(input{entry: p})
}

// encodable replaces the bytes that are not UTF-8: protobuf refuses the whole batch for
// one of them.
func encodable(p *loggerv1.LogEntry) {
	valid := func(s string) string { return strings.ToValidUTF8(s, "\ufffd") }
	p.Message, p.Service, p.Host = valid(p.GetMessage()), valid(p.GetService()), valid(p.GetHost())
	for key, value := range p.GetAttributes() {
		if !utf8.ValidString(key) {
			delete(p.Attributes, key)
			key = valid(key)
		}
		p.Attributes[key] = valid(value)
	}
}
