package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"text/template"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/termtext"
)

const templateHelp = `A template is Go's (text/template), run for each entry; a line feed is added unless it ends
with one. It has these fields:
  .Time .Observed          times: {{.Time.Format "15:04:05.000"}}, {{.Time.Unix}}
  .Severity                TRACE, DEBUG, INFO, WARN, ERROR, FATAL, or empty
  .SeverityNumber          0 to 24
  .Service .Host .Message  texts
  .TraceID .SpanID         texts, may be empty
  .Attributes              all of them: {{range $k, $v := .Attributes}}{{$k}}={{$v}} {{end}}
  .Attr "http.status"      one of them, empty if there is none
  .Cursor .FilterRevision
and these functions besides Go's: json, upper, lower, and fit N, which makes a text exactly N
columns wide.`

// record is an entry as templates see it. Its fields and methods are documented in
// templateHelp.
type record struct {
	Time, Observed         time.Time
	Severity               string
	SeverityNumber         int32
	Service, Host, Message string
	TraceID, SpanID        string
	Attributes             map[string]string
	Cursor                 string
	FilterRevision         uint32
}

// Attr returns an attribute, empty if there is none of that name.
func (r record) Attr(name string) string { return r.Attributes[name] }

// templatePrinter prints what a template makes of an entry.
type templatePrinter struct {
	template *template.Template
	utc      bool
	escape   bool // texts are made harmless: the output is a terminal
}

// newTemplatePrinter fails if the template is wrong, also in what shows only when it runs.
func newTemplatePrinter(text string, utc, escape bool) (printer, error) {
	if text == "" {
		return nil, fail(exitUsage, "-o template needs a template: -o template='{{.Service}} {{.Message}}', or --template\n%s", templateHelp)
	}
	t, err := template.New("template").Option("missingkey=zero").Funcs(template.FuncMap{
		"json": encodeJSON, "upper": strings.ToUpper, "lower": strings.ToLower, "fit": fit,
	}).Parse(text)
	if err == nil {
		err = t.Execute(io.Discard, record{Time: time.Unix(0, 0), Attributes: map[string]string{"": ""}})
	}
	if err != nil {
		return nil, fail(exitUsage, "the template is wrong: %s\n%s", strings.TrimPrefix(err.Error(), "template: template:"), templateHelp)
	}
	return &templatePrinter{template: t, utc: utc, escape: escape}, nil
}

func (p *templatePrinter) appendEntry(dst []byte, e *loggerv1.LogEntry) ([]byte, error) {
	out := bytes.NewBuffer(dst)
	if err := p.template.Execute(out, p.record(e)); err != nil {
		return dst, fail(exitUsage, "the template fails for this entry: %v", err)
	}
	if text := out.Bytes(); len(text) == len(dst) || text[len(text)-1] != '\n' {
		out.WriteByte('\n')
	}
	return out.Bytes(), nil
}

func (p *templatePrinter) record(e *loggerv1.LogEntry) record {
	r := record{
		Time: p.time(e.GetTimestamp()), Observed: p.time(e.GetObservedTimestamp()),
		SeverityNumber: e.GetSeverityNumber(), Service: p.text(e.GetService()), Host: p.text(e.GetHost()),
		Message: p.text(e.GetMessage()), TraceID: e.GetTraceId(), SpanID: e.GetSpanId(),
		Attributes: e.GetAttributes(), Cursor: e.GetCursor(), FilterRevision: e.GetFilterRevision(),
	}
	if e.GetSeverity() != loggerv1.Severity_SEVERITY_UNSPECIFIED {
		r.Severity = e.GetSeverity().String()
	}
	if p.escape {
		r.Attributes = make(map[string]string, len(e.GetAttributes()))
		for key, value := range e.GetAttributes() {
			r.Attributes[termtext.Line(key)] = p.text(value)
		}
	}
	return r
}

func (p *templatePrinter) time(t *timestamppb.Timestamp) time.Time {
	switch {
	case t == nil:
		return time.Time{}
	case p.utc:
		return t.AsTime()
	}
	return t.AsTime().In(time.Local) //nolint:gosmopolitan // the zone of the reader.
}

func (p *templatePrinter) text(s string) string {
	if p.escape {
		return termtext.Lines(s)
	}
	return s
}

func encodeJSON(value any) (string, error) {
	encoded, err := json.Marshal(value)
	return string(termtext.AppendJSON(nil, encoded)), err
}

// fit cuts a text, or adds blanks to it, to a width.
func fit(width int, text string) string {
	for termtext.Columns(text) > max(width, 0) {
		runes := []rune(text)
		text = string(runes[:len(runes)-1])
	}
	return text + strings.Repeat(" ", max(width-termtext.Columns(text), 0))
}
