package demo

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strconv"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// Format is how a service writes its log.
type Format uint8

const (
	// JSON is an object a line, with time, level, msg, and the attributes beside them.
	JSON Format = iota
	// Logfmt is key=value pairs.
	Logfmt
	// Text is a line as syslog daemons write it, with the level before the message. It
	// has neither attributes nor trace.
	Text

	formats // how many there are
)

// String returns the name of the format.
func (f Format) String() string {
	return [...]string{"json", "logfmt", "text"}[f%formats]
}

// FormatOf returns the format in which a service of the shop writes its log: each writes
// in one, and all three are used. A service that is not of the shop writes text.
func FormatOf(name string) Format {
	i := slices.IndexFunc(services, func(s *service) bool { return s.name == name })
	if i < 0 {
		return Text
	}
	return Format(i % int(formats))
}

// LineWriter writes entries as lines of a log file. Make one with [NewLineWriter]. It is
// not safe for concurrent use.
type LineWriter struct {
	to      io.Writer
	handler slog.Handler // nil for Text
}

// NewLineWriter returns a writer of lines in this format. It writes each line with one
// call, its end included, and buffers nothing.
func NewLineWriter(to io.Writer, format Format) *LineWriter {
	options := &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: nameLevel}
	w := &LineWriter{to: to}
	switch format {
	case JSON:
		w.handler = slog.NewJSONHandler(to, options)
	case Logfmt:
		w.handler = slog.NewTextHandler(to, options)
	default:
	}
	return w
}

// Write writes an entry. The time is written to the microsecond as text, to the
// millisecond as logfmt.
func (w *LineWriter) Write(e *loggerv1.LogEntry) error {
	when := e.GetTimestamp().AsTime()
	if w.handler == nil {
		_, err := fmt.Fprintf(w.to, "%s %s %s[1]: %s %s\n",
			when.Format("2006-01-02T15:04:05.000000Z"), e.GetHost(), e.GetService(), e.GetSeverity(), e.GetMessage())
		return err
	}
	record := slog.NewRecord(when, level(e.GetSeverity()), e.GetMessage(), 0)
	record.AddAttrs(slog.String("service", e.GetService()), slog.String("host", e.GetHost()))
	if e.GetTraceId() != "" {
		record.AddAttrs(slog.String("trace_id", e.GetTraceId()), slog.String("span_id", e.GetSpanId()))
	}
	for _, key := range slices.Sorted(maps.Keys(e.GetAttributes())) {
		record.AddAttrs(attribute(key, e.GetAttributes()[key]))
	}
	return w.handler.Handle(context.Background(), record)
}

// attribute writes whole numbers as numbers, as loggers do.
func attribute(key, text string) slog.Attr {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && strconv.FormatInt(n, 10) == text {
		return slog.Int64(key, n)
	}
	return slog.String(key, text)
}

// levelFatal is above slog's highest level, which has no name for it.
const levelFatal = slog.LevelError + 4

func level(s loggerv1.Severity) slog.Level {
	switch group(s) {
	case detail:
		return slog.LevelDebug
	case doubt:
		return slog.LevelWarn
	case failure:
		return slog.LevelError
	case crash:
		return levelFatal
	default:
		return slog.LevelInfo
	}
}

func nameLevel(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.LevelKey && a.Value.Any() == levelFatal {
		a.Value = slog.StringValue("FATAL")
	}
	return a
}
