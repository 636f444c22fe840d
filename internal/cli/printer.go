package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/pflag"
	"google.golang.org/protobuf/encoding/protojson"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/highlight"
	"github.com/seed-2f16ea30/logsieve/internal/termtext"
)

// printer appends an entry as one or several lines, each with its line feed.
type printer interface {
	appendEntry(dst []byte, e *loggerv1.LogEntry) ([]byte, error)
}

// format is what -o and its relatives say.
type format struct {
	name      string
	template  string
	noColor   bool
	utc       bool
	highlight bool
}

func (f *format) bind(flags *pflag.FlagSet) {
	flags.StringVarP(&f.name, "output", "o", "text", "`form` of the output: text, json (an object a line, as in the API), raw (messages only) or template='TEXT'")
	flags.StringVar(&f.template, "template", "", "the `text` of -o template, which is in Go's language: see \"logsieve tail -o template\"")
	flags.BoolVar(&f.noColor, "no-color", false, "no colours; NO_COLOR in the environment does the same")
	flags.BoolVar(&f.utc, "utc", false, "times in UTC instead of the local zone (text and template)")
	flags.BoolVar(&f.highlight, "highlight", false, "mark what the filter found in messages (text, where there are colours)")
}

// printer returns the printer for entries that a filter selects.
func (f *format) printer(c *console, filter *loggerv1.LogFilter) (printer, error) {
	name, text, ok := strings.Cut(f.name, "=")
	if ok && f.template != "" || f.template != "" && name != "template" {
		return nil, fail(exitUsage, "--template goes with -o template, and only one template can be given")
	}
	if ok && name == "template" {
		return newTemplatePrinter(text, f.utc, isTerminal(c.out))
	}
	switch f.name {
	case "text":
		p := &textPrinter{palette: c.palette(f.noColor), utc: f.utc}
		if f.highlight && p.palette.on {
			p.marker = highlight.New(filter)
		}
		return p, nil
	case "json":
		return jsonPrinter{}, nil
	case "raw":
		return rawPrinter{escape: isTerminal(c.out)}, nil
	case "template":
		return newTemplatePrinter(f.template, f.utc, isTerminal(c.out))
	default:
		return nil, fail(exitUsage, "-o %s is not a form of output: use text, json, raw or template", f.name)
	}
}

// jsonPrinter prints the protobuf JSON form with the names of the contract.
type jsonPrinter struct{}

func (jsonPrinter) appendEntry(dst []byte, e *loggerv1.LogEntry) ([]byte, error) {
	encoded, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(e)
	if err != nil {
		return dst, fmt.Errorf("an entry cannot be printed as JSON: %w", err)
	}
	// protojson puts spaces at random, to keep anybody from relying on them.
	var compact bytes.Buffer
	if err := json.Compact(&compact, encoded); err != nil {
		return dst, fmt.Errorf("an entry cannot be printed as JSON: %w", err)
	}
	return append(termtext.AppendJSON(dst, compact.Bytes()), '\n'), nil
}

// rawPrinter prints messages as they are; on a terminal, made harmless.
type rawPrinter struct{ escape bool }

func (p rawPrinter) appendEntry(dst []byte, e *loggerv1.LogEntry) ([]byte, error) {
	if p.escape {
		dst = termtext.Append(dst, e.GetMessage(), "\n")
	} else {
		dst = append(dst, e.GetMessage()...)
	}
	return append(dst, '\n'), nil
}

// output prints entries. What is printed is buffered until flush.
type output struct {
	printer printer
	writer  *bufio.Writer
	line    []byte
}

func newOutput(c *console, p printer) *output {
	const buffer = 64 << 10 // a write for some hundred lines of a replay
	return &output{printer: p, writer: bufio.NewWriterSize(c.out, buffer)}
}

func (o *output) print(e *loggerv1.LogEntry) (err error) {
	if o.line, err = o.printer.appendEntry(o.line[:0], e); err != nil {
		return err
	}
	_, err = o.writer.Write(o.line)
	return err
}

func (o *output) flush() error { return o.writer.Flush() }
