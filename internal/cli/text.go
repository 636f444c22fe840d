package cli

import (
	"maps"
	"slices"
	"strings"
	"time"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/highlight"
	"github.com/seed-2f16ea30/logsieve/internal/termtext"
)

const (
	timeLayout = "2006-01-02 15:04:05.000"
	levelWidth = 5
	// maxOriginWidth bounds the column of service and host: one with a long name must not
	// push all messages off the screen.
	maxOriginWidth = 28
	// continuation begins the second and every further line of a message, so that none
	// can pass for an entry of its own.
	continuation = "\n    | "
)

// textPrinter prints an entry for people: time, level, service and host, message,
// attributes. Columns are aligned; that of the service grows as longer ones come.
type textPrinter struct {
	palette palette
	utc     bool
	marker  *highlight.Marker // nil: marks nothing
	origin  int               // width of its column so far
}

func (p *textPrinter) appendEntry(dst []byte, e *loggerv1.LogEntry) ([]byte, error) {
	dst = p.appendTime(dst, e)
	dst = p.appendLevel(append(dst, ' '), e.GetSeverity())
	dst = p.appendOrigin(dst, e)
	dst = p.appendMessage(append(dst, ' '), strings.TrimRight(e.GetMessage(), "\r\n"))
	dst = p.appendAttributes(dst, e)
	return append(dst, '\n'), nil
}

func (p *textPrinter) appendMessage(dst []byte, text string) []byte {
	for piece, on := range p.marker.Pieces(text) {
		if on {
			dst = append(termtext.Append(append(dst, styleMarked...), piece, continuation), styleReset...)
		} else {
			dst = termtext.Append(dst, piece, continuation)
		}
	}
	return dst
}

func (p *textPrinter) appendTime(dst []byte, e *loggerv1.LogEntry) []byte {
	begin, end := p.palette.dim()
	dst = append(dst, begin...)
	if e.GetTimestamp() == nil {
		dst = append(dst, strings.Repeat(" ", len(timeLayout))...)
	} else {
		at := e.GetTimestamp().AsTime()
		if !p.utc {
			at = at.In(time.Local) //nolint:gosmopolitan // the zone of the reader.
		}
		dst = at.AppendFormat(dst, timeLayout)
	}
	return append(dst, end...)
}

func (p *textPrinter) appendLevel(dst []byte, s loggerv1.Severity) []byte {
	name := "-"
	if s != loggerv1.Severity_SEVERITY_UNSPECIFIED {
		name = s.String()
	}
	begin, end := p.palette.severity(s)
	dst = append(append(append(dst, begin...), name...), end...)
	return append(dst, strings.Repeat(" ", max(levelWidth-len(name), 0))...)
}

func (p *textPrinter) appendOrigin(dst []byte, e *loggerv1.LogEntry) []byte {
	origin := termtext.Line(e.GetService())
	if host := termtext.Line(e.GetHost()); host != "" {
		origin += "@" + host
	}
	wide := termtext.Columns(origin)
	p.origin = max(p.origin, min(wide, maxOriginWidth))
	if p.origin == 0 {
		return dst
	}
	begin, end := p.palette.dim()
	dst = append(append(append(append(dst, ' '), begin...), origin...), end...)
	return append(dst, strings.Repeat(" ", max(p.origin-wide, 0))...)
}

func (p *textPrinter) appendAttributes(dst []byte, e *loggerv1.LogEntry) []byte {
	attributes := e.GetAttributes()
	if len(attributes) == 0 && e.GetTraceId() == "" {
		return dst
	}
	begin, end := p.palette.dim()
	dst = append(dst, begin...)
	for _, key := range slices.Sorted(maps.Keys(attributes)) {
		dst = appendPair(dst, key, attributes[key])
	}
	if e.GetTraceId() != "" {
		dst = appendPair(dst, "trace_id", e.GetTraceId())
	}
	return append(dst, end...)
}

// appendPair appends key=value, quoted where that could be misread.
func appendPair(dst []byte, key, value string) []byte {
	dst = append(dst, ' ')
	dst = append(dst, termtext.Line(key)...)
	dst = append(dst, '=')
	if value == "" || strings.ContainsAny(value, " \t\"=") {
		return append(dst, termtext.Quote(value)...)
	}
	return append(dst, termtext.Line(value)...)
}
