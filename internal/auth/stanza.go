package auth

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Mistake is one mistake in an access file.
type Mistake struct {
	// Line is where it stands, from 1.
	Line int
	// Key is what it is about, as in tokens[2].read; empty for the file as a whole.
	Key string
	// Want completes a sentence that begins with Key: what is wrong, and what would be right.
	Want string
}

var _ error = (*Mistake)(nil)

// Error returns the mistake as a line.
func (m *Mistake) Error() string {
	if m.Key == "" {
		return fmt.Sprintf("line %d: the file %s", m.Line, m.Want)
	}
	return fmt.Sprintf("line %d: %s %s", m.Line, m.Key, m.Want)
}

// mistakes gathers those of a whole file, so that they are told at once.
type mistakes struct{ all []*Mistake }

func (m *mistakes) add(line int, key, format string, args ...any) {
	m.all = append(m.all, &Mistake{line, key, fmt.Sprintf(format, args...)})
}

// err returns them all, in the order of the file; nil if there are none.
func (m *mistakes) err() error {
	slices.SortStableFunc(m.all, func(a, b *Mistake) int { return cmp.Compare(a.Line, b.Line) })
	errs := make([]error, len(m.all))
	for i := range m.all {
		errs[i] = m.all[i]
	}
	return errors.Join(errs...)
}

// stanza is a mapping of the file, read key by key. It is our own reader on top of the
// tree of the YAML library, whose strict decoding names types of Go and stops at the first
// key that is not known.
type stanza struct {
	*mistakes
	key    string // of the stanza itself
	line   int
	values map[string]*yaml.Node
}

// newStanza reads a mapping in which the keys of known may stand, each once. What is no
// mapping is a mistake, and an empty stanza.
func newStanza(m *mistakes, key string, node *yaml.Node, known ...string) stanza {
	s := stanza{m, key, node.Line, map[string]*yaml.Node{}}
	if node.Kind != yaml.MappingNode {
		m.add(node.Line, key, "is not a mapping: write %s, each with a value, below it", strings.Join(known, ", "))
		return s
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		switch _, twice := s.values[name.Value]; {
		case !slices.Contains(known, name.Value):
			m.add(name.Line, s.sub(name.Value), "is not a key here: it is one of %s", strings.Join(known, ", "))
		case twice:
			m.add(name.Line, s.sub(name.Value), "is there twice: keep one")
		default:
			s.values[name.Value] = value
		}
	}
	return s
}

func (s stanza) sub(name string) string {
	if s.key == "" {
		return name
	}
	return s.key + "." + name
}

// fail adds a mistake about a value of the stanza.
func (s stanza) fail(name, format string, args ...any) {
	line := s.line
	if node, ok := s.values[name]; ok {
		line = node.Line
	}
	s.add(line, s.sub(name), format, args...)
}

func (s stanza) has(name string) bool {
	node, ok := s.values[name]
	return ok && node.Tag != "!!null"
}

// text returns a text, empty if it is not there.
func (s stanza) text(name string) string {
	node, ok := s.values[name]
	switch {
	case !ok:
		return ""
	case node.Kind != yaml.ScalarNode || node.Tag != "!!str":
		s.fail(name, "is not a text: write one, in quotes if need be")
		return ""
	case strings.ContainsFunc(node.Value, func(r rune) bool { return r < ' ' || r == 0x7f }):
		s.fail(name, "has a control character: write it in one line")
		return ""
	}
	return node.Value
}

// need is text for what must be there.
func (s stanza) need(name, example string) string {
	if !s.has(name) {
		s.add(s.line, s.sub(name), "is missing: write one, as in %s: %s", name, example)
		return ""
	}
	text := s.text(name)
	if text == "" && s.values[name].Tag == "!!str" && s.values[name].Value == "" {
		s.fail(name, "is empty: write one, as in %s: %s", name, example)
	}
	return text
}

// flag returns a truth value, false if it is not there.
func (s stanza) flag(name string) bool {
	node, ok := s.values[name]
	if !ok {
		return false
	}
	if node.Tag != "!!bool" {
		s.fail(name, "is neither true nor false")
	}
	return strings.EqualFold(node.Value, "true")
}

// moment returns a time, zero if it is not there.
func (s stanza) moment(name string) time.Time {
	node, ok := s.values[name]
	if !ok {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, node.Value)
	if err != nil || node.Kind != yaml.ScalarNode {
		s.fail(name, "is not a time: write one as in 2027-01-31T00:00:00Z")
	}
	return at
}

// list returns the items of a list, none if it is not there.
func (s stanza) list(name string) []*yaml.Node {
	node, ok := s.values[name]
	switch {
	case !ok || node.Tag == "!!null":
		return nil
	case node.Kind != yaml.SequenceNode:
		s.fail(name, "is not a list: write each item behind a hyphen")
		return nil
	}
	return node.Content
}

// texts returns a list of texts.
func (s stanza) texts(name string) []string {
	var all []string
	for i, node := range s.list(name) {
		if node.Kind != yaml.ScalarNode || node.Tag != "!!str" || node.Value == "" {
			s.add(node.Line, fmt.Sprintf("%s[%d]", s.sub(name), i), "is not a text: write one, in quotes if need be")
			continue
		}
		all = append(all, node.Value)
	}
	return all
}

// item is the key of an item of a list.
func item(name string, i int) string { return fmt.Sprintf("%s[%d]", name, i) }
