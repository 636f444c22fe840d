package demo

import (
	"strings"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// service is one of the shop's services and what it says.
type service struct {
	name  string
	hosts int
	// lines are about a request, background is about the service itself.
	lines, background [groups][]template
}

// The groups of lines, by severity.
const (
	detail  = iota // DEBUG
	news           // INFO
	doubt          // WARN
	failure        // ERROR
	crash          // FATAL
	groups
)

func group(s loggerv1.Severity) int {
	switch s {
	case loggerv1.Severity_TRACE, loggerv1.Severity_DEBUG:
		return detail
	case loggerv1.Severity_WARN:
		return doubt
	case loggerv1.Severity_ERROR:
		return failure
	case loggerv1.Severity_FATAL:
		return crash
	default:
		return news
	}
}

// entry makes what the service says with a template about a request.
func (s *service) entry(g *Generator, r *request, severity loggerv1.Severity, t template) *loggerv1.LogEntry {
	h := r.hopOf(g, s)
	e := &loggerv1.LogEntry{
		Severity:       severity,
		SeverityNumber: int32(severity)*4 - 3, // the first of its group
		Service:        s.name,
		Host:           h.host,
		TraceId:        r.trace,
		SpanId:         h.span,
		Attributes:     map[string]string{"deployment.environment": "production"},
	}
	if t.exception != "" {
		e.Attributes["exception.type"] = t.exception
	}
	e.Message = t.fill(g, r, e.Attributes)
	return e
}

// template is a message with placeholders, each of which becomes an attribute too.
type template struct {
	// parts are text and names of values in turn, beginning with text.
	parts []string
	// exception is the type of the exception that the line reports, empty for none.
	exception string
}

// parse splits "order {order} placed". A text after " !" is the exception's type.
func parse(text string) template {
	text, exception, _ := strings.Cut(text, " !")
	t := template{exception: exception}
	for {
		before, after, ok := strings.Cut(text, "{")
		t.parts = append(t.parts, before)
		if !ok {
			return t
		}
		name, rest, _ := strings.Cut(after, "}")
		t.parts = append(t.parts, name)
		text = rest
	}
}

func parseAll(lines ...string) []template {
	templates := make([]template, len(lines))
	for i, line := range lines {
		templates[i] = parse(line)
	}
	return templates
}

func (t template) fill(g *Generator, r *request, attributes map[string]string) string {
	var b strings.Builder
	for i, part := range t.parts {
		if i%2 == 0 {
			b.WriteString(part)
			continue
		}
		v := values[part]
		text := v.text(g, r)
		attributes[v.attribute] = text
		b.WriteString(text)
	}
	return b.String()
}
