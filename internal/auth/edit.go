package auth

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// fileHeader begins an access file that AddToken makes.
const fileHeader = `# Who may read and write. The server reads this file again when it changes.
`

// AddToken lists a token in an access file, which it makes if there is none, as the first
// of the tokens. All else in the file stays as it is, comments too. The file is replaced in
// one step, and not at all if it would be wrong.
func AddToken(path string, l Listing) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // the link stays, what it points to is replaced
	}
	before, _, err := readPrivate(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		before = []byte(fileHeader)
	case err != nil:
		return err
	}
	stanza, err := l.Stanza()
	if err != nil {
		return err
	}
	after, err := insertToken(string(before), stanza)
	if err != nil {
		return err
	}
	r, err := parseRules([]byte(after), &loader{dir: filepath.Dir(path)}, slog.New(slog.DiscardHandler))
	if err != nil {
		return fmt.Errorf("the access file %s would be wrong, so it stays as it is:\n  %s", path, indent(err))
	}
	if rule, ok := r.tokens[l.ID]; !ok || !rule.sum.Equal(l.Sum) {
		return fmt.Errorf("the token cannot be added to %s: add it by hand", path)
	}
	return replaceFile(path, after)
}

// insertToken puts an item before the first one of the list of tokens. It changes the text
// and not the tree, which would lose empty lines and how things are written.
func insertToken(text, stanza string) (string, error) {
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		return "", fmt.Errorf("the access file is not valid YAML: %w", err)
	}
	if len(document.Content) == 0 { // comments alone
		return text + "tokens:\n" + indented(stanza, yamlIndent), nil
	}
	root := document.Content[0]
	if root.Kind != yaml.MappingNode || root.Style&yaml.FlowStyle != 0 {
		return "", errors.New("the access file is not a list of keys, one a line: write it like that, or add the token by hand")
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == "tokens" {
			return insertInto(text, root.Content[i], root.Content[i+1], stanza)
		}
	}
	return text + "\ntokens:\n" + indented(stanza, yamlIndent), nil
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
		return "", errors.New("the tokens of the access file are not a list with an item a line: write them like that, or add the token by hand")
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

// replaceFile writes a file that only its owner may read, and puts it in the place of the
// one before. A reader sees the old text or the new one.
func replaceFile(path, text string) (err error) {
	next, err := os.CreateTemp(filepath.Dir(path), ".access-*")
	if err != nil {
		return fmt.Errorf("the access file cannot be written: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(next.Name()) // it may not be there
			err = fmt.Errorf("the access file cannot be written: %w", err)
		}
	}()
	_, err = next.WriteString(text)
	if err == nil {
		err = next.Sync()
	}
	err = errors.Join(err, next.Close())
	if err != nil {
		return err
	}
	if info, statErr := os.Stat(path); statErr == nil {
		// Made by root, it would not be readable any more for the server, which is not root.
		if err := keepOwner(next.Name(), info); err != nil {
			return err
		}
	}
	return os.Rename(next.Name(), path)
}
