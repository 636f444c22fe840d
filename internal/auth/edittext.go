package auth

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// insertToken puts an item before the first one of the list of tokens. It changes the text
// and not the tree, which would lose empty lines and how things are written.
func insertToken(text, stanza string) (string, error) {
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	key, list, err := findTokens(text)
	switch {
	case err != nil:
		return "", err
	case key == nil:
		if text != "" {
			text += "\n"
		}
		return text + "tokens:\n" + indented(stanza, yamlIndent), nil
	default:
		return insertInto(text, key, list, stanza)
	}
}

// findTokens returns the list of tokens and its key, nil if there is none.
func findTokens(text string) (key, list *yaml.Node, err error) {
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		return nil, nil, fmt.Errorf("the access file is not valid YAML: %w", err)
	}
	if len(document.Content) == 0 { // comments alone
		return nil, nil, nil
	}
	root := document.Content[0]
	if root.Kind != yaml.MappingNode || root.Style&yaml.FlowStyle != 0 {
		return nil, nil, errors.New("the access file is not a list of keys, one a line: write it like that, or change it by hand")
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == "tokens" {
			return root.Content[i], root.Content[i+1], nil
		}
	}
	return nil, nil, nil
}

func insertInto(text string, key, list *yaml.Node, stanza string) (string, error) {
	lines := strings.SplitAfter(text, "\n")
	at := key.Line // the line behind the key
	indent := yamlIndent
	switch {
	case list.Kind == yaml.SequenceNode && list.Style&yaml.FlowStyle == 0:
		indent = list.Column - 1
	case list.Tag == "!!null" && list.Value == "":
	case list.Kind == yaml.SequenceNode && len(list.Content) == 0 && strings.Contains(lines[at-1], "[]"):
		lines[at-1] = strings.Replace(lines[at-1], " []", "", 1)
	default:
		return "", errors.New("the tokens of the access file are not a list with an item a line: write them like that, or change it by hand")
	}
	return strings.Join(lines[:at], "") + indented(stanza, indent) + strings.Join(lines[at:], ""), nil
}

// indented returns text with each line moved to the right.
func indented(text string, by int) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.Repeat(" ", by))
		b.WriteString(line)
	}
	return b.String()
}

// removeToken takes the lines of an item out, and those of the comment right above it.
func removeToken(text, id string) (string, error) {
	_, list, err := findTokens(text)
	if err != nil {
		return "", err
	}
	item := findToken(list, id)
	if item == nil {
		return "", ErrNoToken
	}
	lines := strings.SplitAfter(text, "\n")
	first, last := item.Line-1, lastLine(item) // the lines from first to before last
	dash, _, ok := strings.Cut(lines[first], "-")
	if !ok || strings.TrimSpace(dash) != "" || list.Style&yaml.FlowStyle != 0 {
		return "", errors.New("the tokens of the access file are not a list with an item a line: write them like that, or change it by hand")
	}
	for first > 0 && strings.HasPrefix(lines[first-1], dash+"#") {
		first--
	}
	return strings.Join(lines[:first], "") + strings.Join(lines[last:], ""), nil
}

// findToken returns the item of a token, nil if there is none.
func findToken(list *yaml.Node, id string) *yaml.Node {
	if list == nil {
		return nil
	}
	for _, item := range list.Content {
		for i := 0; i+1 < len(item.Content); i += 2 {
			if item.Content[i].Value == "id" && item.Content[i+1].Value == id {
				return item
			}
		}
	}
	return nil
}

// lastLine returns the last line of a node, from 1. A text of several lines counts as one:
// what is left of it makes the file wrong, and it stays as it was then.
func lastLine(node *yaml.Node) int {
	last := node.Line
	for _, child := range node.Content {
		last = max(last, lastLine(child))
	}
	return last
}
