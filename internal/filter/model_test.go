package filter

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// The model is a second, naive implementation of the language, for tests: a tree that
// evaluates itself as the documentation says, with nothing shared with the first, and
// that writes itself as a query in any of the ways in which one may write it.
type model interface {
	eval(e *entry.Entry) bool
	// render returns the query; nested, it is one term.
	render(t *rapid.T, nested bool) string
}

type modelAll []model

func (m modelAll) eval(e *entry.Entry) bool {
	for _, part := range m {
		if !part.eval(e) {
			return false
		}
	}
	return true
}

func (m modelAll) render(t *rapid.T, nested bool) string {
	var b strings.Builder
	for i, part := range m {
		if i > 0 {
			b.WriteString(rapid.SampledFrom([]string{" ", " AND ", "\n", "  AND\t", "\u3000"}).Draw(t, "and"))
		}
		// OR binds tighter than AND, so an "any" needs no parentheses here.
		_, isAny := part.(modelAny)
		b.WriteString(part.render(t, !isAny || rapid.Bool().Draw(t, "parentheses")))
	}
	return inParentheses(t, b.String(), nested)
}

type modelAny []model

func (m modelAny) eval(e *entry.Entry) bool {
	for _, part := range m {
		if part.eval(e) {
			return true
		}
	}
	return false
}

func (m modelAny) render(t *rapid.T, nested bool) string {
	texts := make([]string, len(m))
	for i, part := range m {
		texts[i] = part.render(t, true)
	}
	return inParentheses(t, strings.Join(texts, " OR "), nested)
}

func inParentheses(t *rapid.T, text string, nested bool) string {
	if nested || rapid.Bool().Draw(t, "superfluous") {
		return "( " + text + ")"
	}
	return text
}

type modelNot struct{ model }

func (m modelNot) eval(e *entry.Entry) bool { return !m.model.eval(e) }

func (m modelNot) render(t *rapid.T, _ bool) string {
	inner := m.model.render(t, true)
	if strings.HasPrefix(inner, "-") || strings.HasPrefix(inner, "NOT") {
		inner = "(" + inner + ")"
	}
	return inParentheses(t, rapid.SampledFrom([]string{"-", "NOT "}).Draw(t, "not")+inner, false)
}

// modelCondition is a comparison of a field.
type modelCondition struct {
	field, op, text string
	// star ends the text with a * that stands for any ending.
	star bool
}

func (m modelCondition) eval(e *entry.Entry) bool {
	switch m.field {
	case "severity":
		return e.Severity != 0 && modelCompare(m.op, float64(modelSeverity(e.Severity, m.text)), 0)
	case "timestamp":
		bound, _ := time.Parse(time.RFC3339, m.text)
		return e.Timestamp != 0 && modelCompare(m.op, float64(time.Unix(0, e.Timestamp).Compare(bound)), 0)
	}
	text, ok := modelText(e, m.field)
	if !ok {
		return false
	}
	switch m.op {
	case "=", "!=":
		equal := text == m.text || m.star && strings.HasPrefix(text, m.text)
		return equal == (m.op == "=")
	case ":":
		return m.star && m.text == "" || regexp.MustCompile("(?i)"+regexp.QuoteMeta(m.text+map[bool]string{true: "*"}[m.star])).MatchString(text)
	case "=~", "!~":
		return regexp.MustCompile(m.text).MatchString(text) == (m.op == "=~")
	}
	bound, _ := strconv.ParseFloat(m.text, 64)
	n, err := strconv.ParseFloat(text, 64)
	decimal := regexp.MustCompile(`^[-+0-9.eE]+$`).MatchString(text)
	return err == nil && decimal && modelCompare(m.op, n, bound)
}

// modelSeverity compares a severity with a group or a number: -1, 0 or 1.
func modelSeverity(s entry.Severity, text string) int {
	lo, err := strconv.Atoi(text)
	hi := lo
	if err != nil {
		at := strings.Index("TRACE DEBUG INFO  WARN  ERROR FATAL", strings.ToUpper(text))
		lo = at/6*4 + 1
		hi = lo + 3
	}
	switch {
	case int(s) < lo:
		return -1
	case int(s) > hi:
		return 1
	}
	return 0
}

func modelCompare(op string, a, b float64) bool {
	return map[string]bool{"=": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, ":": a == b}[op]
}

func modelText(e *entry.Entry, name string) (string, bool) {
	text := map[string]string{"service": e.Service, "host": e.Host, "message": e.Message, "trace_id": e.TraceID, "span_id": e.SpanID}[name]
	if key, ok := strings.CutPrefix(name, "attributes."); ok {
		for _, a := range e.Attributes {
			if a.Key == key {
				return a.Value, true
			}
		}
	}
	return text, text != ""
}

func (m modelCondition) render(t *rapid.T, _ bool) string {
	name := m.field
	if key, ok := strings.CutPrefix(name, "attributes."); ok && (strings.ContainsAny(key, " =") || rapid.Bool().Draw(t, "quoted key")) {
		name = "attributes." + strconv.Quote(key)
	}
	value := m.renderValue(t)
	if name == "message" && m.op == ":" && rapid.Bool().Draw(t, "alone") && !m.star {
		return value
	}
	space := rapid.SampledFrom([]string{"", "", " "}).Draw(t, "space")
	if rapid.IntRange(0, 9).Draw(t, "list") == 0 {
		value = "( " + value + ")"
	}
	return name + space + m.op + space + value
}

// renderValue writes the text as a word where that is possible, else in quotes.
func (m modelCondition) renderValue(t *rapid.T) string {
	isWord := regexp.MustCompile(`^[A-Za-z0-9.日本][-A-Za-z0-9.:+日本]*$`).MatchString(m.text) && strings.Trim(m.text, "ANDORT") != ""
	ending := ""
	if m.op == "=" || m.op == "!=" || m.op == ":" {
		switch head, ok := strings.CutSuffix(m.text, "*"); {
		case m.star:
			ending = "*"
		case ok:
			m.text, ending = head, `\*`
		}
	}
	if ending == "*" && m.text == "" || isWord && !(m.op == ":" && m.star) && !strings.Contains(m.text, ":") && rapid.Bool().Draw(t, "word") {
		return m.text + ending
	}
	quote := rapid.SampledFrom([]string{`"`, "'"}).Draw(t, "quote")
	text := strings.NewReplacer(`\`, `\\`, quote, `\`+quote, "\n", `\n`, "\t", `\t`).Replace(m.text)
	return quote + text + ending + quote
}
