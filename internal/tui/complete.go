package tui

import (
	"slices"
	"strings"
	"unicode"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// completion is what can stand at the cursor instead of what is begun there.
type completion struct {
	items      []string
	chosen     int
	begin, end int    // the bytes of the line that are replaced
	was        string // what stood there
}

func (c *completion) open() bool { return len(c.items) > 0 }

// fixedFields are the fields of the language, whether entries have them or not.
var fixedFields = []string{"severity", "service", "host", "message", "trace_id", "span_id", "timestamp"}

func (f *filterLine) learn(fields []*loggerv1.Field) {
	if len(fields) > 0 {
		f.fields = fields
	}
}

// complete offers what goes on from what is begun at the cursor: the name of a field or,
// behind an operator, a value of that field. If there is just one, it takes it.
func (f *filterLine) complete() {
	begin := f.editor.tokenBegin()
	token := f.editor.text[begin:f.editor.cursor]
	items := f.names(token)
	if field, rest, ok := cutOperator(token); ok {
		begin = f.editor.cursor - len(rest)
		items, token = f.values(field, rest), rest
	}
	if len(items) == 0 {
		return
	}
	f.completion = completion{items: items, begin: begin, end: f.editor.cursor, was: token}
	f.choose(0)
	if len(items) == 1 {
		f.completion = completion{}
	}
}

// choose puts one of what is offered into the line.
func (f *filterLine) choose(i int) {
	c := &f.completion
	c.chosen = (i + len(c.items)) % len(c.items)
	f.editor.replace(c.begin, c.end, c.items[c.chosen])
	c.end = f.editor.cursor
}

// pressCompleting does what a key means to what is offered, and tells whether it means
// something.
func (f *filterLine) pressCompleting(name string) bool {
	switch name {
	case "tab", "down", "ctrl+n":
		f.choose(f.completion.chosen + 1)
	case "shift+tab", "up", "ctrl+p":
		f.choose(f.completion.chosen - 1)
	case "enter":
		f.completion = completion{}
	case "esc", "alt+esc":
		f.editor.replace(f.completion.begin, f.completion.end, f.completion.was)
		f.completion = completion{}
	default:
		return false
	}
	return true
}

// tokenBegin returns where the condition at the cursor begins. Text in quotes is one word.
func (e *editor) tokenBegin() int {
	begin, quote := 0, rune(0)
	for i, r := range e.text[:e.cursor] {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"', r == '\'':
			quote = r
		case unicode.IsSpace(r), r == '(':
			begin = i + len(string(r))
		case r == '-' && i == begin:
			begin = i + 1
		}
	}
	return begin
}

// cutOperator cuts a condition at its operator.
func cutOperator(token string) (field, rest string, ok bool) {
	i := strings.IndexAny(token, "=!<>:")
	if i < 0 {
		return "", "", false
	}
	return token[:i], strings.TrimLeft(token[i:], "=!<>:~"), true
}

// names returns the fields whose name begins with, or else contains, what was typed.
func (f *filterLine) names(typed string) []string {
	all := slices.Clone(fixedFields)
	for _, field := range f.fields {
		if !slices.Contains(all, field.GetName()) {
			all = append(all, field.GetName())
		}
	}
	found := matching(all, typed)
	for i, name := range found {
		if name == "severity" {
			found[i] = name + ">="
		} else {
			found[i] = quoteName(name) + "="
		}
	}
	return found
}

// severities are offered whether they have been seen or not.
var severities = []string{"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"}

// values returns the values of a field that begin with, or else contain, what was typed.
func (f *filterLine) values(field, typed string) []string {
	typed = strings.TrimLeft(typed, `"'`)
	if field == "severity" {
		return matching(severities, typed)
	}
	var all []string
	for _, known := range f.fields {
		if known.GetName() != field && quoteName(known.GetName()) != field {
			continue
		}
		for _, v := range known.GetValues() {
			all = append(all, v.GetValue())
		}
	}
	found := matching(all, typed)
	for i, value := range found {
		found[i] = quoteValue(value)
	}
	return found
}

// matching returns a new slice of those that begin with a text in any case, then those
// that contain it.
func matching(all []string, text string) []string {
	var begin, contain []string
	text = strings.ToLower(text)
	for _, s := range all {
		switch i := strings.Index(strings.ToLower(s), text); {
		case i == 0:
			begin = append(begin, s)
		case i > 0:
			contain = append(contain, s)
		}
	}
	return append(begin, contain...)
}

// quoteValue returns a value as it is written in a query.
func quoteValue(value string) string {
	plain := value != "" && value != "AND" && value != "OR" && value != "NOT" && !strings.HasSuffix(value, "*") &&
		!strings.ContainsFunc(value, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`"'(),`, r) })
	if plain {
		return typed(value)
	}
	if strings.HasSuffix(value, "*") {
		value = value[:len(value)-1] + "\x00" // not the wildcard, and not to be escaped twice
	}
	value = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "\x00", `\*`).Replace(value)
	return `"` + typed(value) + `"`
}

// quoteName returns the name of a field as it is written in a query.
func quoteName(name string) string {
	path, ok := strings.CutPrefix(name, "attributes.")
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-./", r)
	}
	if !ok || path != "" && !strings.ContainsFunc(path, odd) {
		return typed(name)
	}
	return "attributes." + typed(`"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(path)+`"`)
}
