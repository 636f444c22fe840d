package config

import (
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// hidden stands for a secret that is set.
const hidden = "(hidden)"

// YAML returns the configuration as a file that [Load] takes, with every key, in the
// order of the struct. Secrets that are set are replaced.
func (c Config) YAML() ([]byte, error) {
	text, err := render(fields(&c))
	if err != nil {
		return nil, fmt.Errorf("print the configuration: %w", err)
	}
	return text, nil
}

func render(table []field) ([]byte, error) {
	document := &yaml.Node{Kind: yaml.MappingNode}
	sections := map[string]*yaml.Node{"": document}
	for _, f := range table {
		path, name := "", f.key
		if i := strings.LastIndexByte(f.key, '.'); i >= 0 {
			path, name = f.key[:i], f.key[i+1:]
		}
		value := &yaml.Node{}
		if err := value.Encode(f.printable()); err != nil {
			return nil, err
		}
		section := sectionOf(sections, path)
		section.Content = append(section.Content, scalar(name), value)
	}
	return yaml.Marshal(document)
}

// sectionOf returns the mapping of a section, and makes it within its parent if need be.
func sectionOf(sections map[string]*yaml.Node, path string) *yaml.Node {
	if section, ok := sections[path]; ok {
		return section
	}
	parent, name := "", path
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		parent, name = path[:i], path[i+1:]
	}
	section := &yaml.Node{Kind: yaml.MappingNode}
	above := sectionOf(sections, parent)
	above.Content = append(above.Content, scalar(name), section)
	sections[path] = section
	return section
}

func scalar(text string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: text} }

// printable returns the value in the form in which a file has it.
func (f field) printable() any {
	if f.isSecret() && !f.value.IsZero() {
		return hidden
	}
	switch v := f.value.Interface().(type) {
	case time.Duration, Size:
		return f.text()
	case []string:
		// An empty list and no list are the same to the reader, so they are printed alike.
		return append([]string{}, v...)
	default:
		return v
	}
}

func (f field) isSecret() bool { return f.tag.Get("secret") == "true" }

// shown returns the text of a value for an error, nothing for a secret.
func (f field) shown(text string) string {
	if f.isSecret() {
		return ""
	}
	return text
}
