package docs

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// asyncapi is what the page shows of an AsyncAPI document.
type asyncapi struct {
	Info     struct{ Title, Version, Description string }
	Channels map[string]struct {
		Address, Title, Description string
	}
	Components struct {
		Messages map[string]asyncMessage
		Schemas  map[string]schema
	}
}

type asyncMessage struct {
	Title, Summary, Description string
	Payload                     schema
	Examples                    []struct {
		Name, Summary string
		Payload       any
	}
}

// schema is the part of JSON Schema that the generated schemas use.
type schema struct {
	Ref         string `yaml:"$ref"`
	Type        string
	Format      string
	Description string
	Enum        []string
	Properties  map[string]schema
	Items       *schema
	AllOf       []schema `yaml:"allOf"`
	// Additional is a schema for a map, and false where no other field is taken.
	Additional yaml.Node `yaml:"additionalProperties"`
}

// section is a message or a schema on the page.
type section struct {
	ID, Title, Summary, Description string
	Values                          []string
	Fields                          []fieldRow
	Examples                        []example
}

type fieldRow struct {
	Name, Type, Description string
	// Link is the section that explains the type, empty for none.
	Link string
}

type example struct{ Summary, JSON string }

var pageTemplate = template.Must(template.New("websocket.html").
	Funcs(template.FuncMap{"markdown": markdown}).
	ParseFS(pages, "pages/websocket.html"))

// messageOrder is the order of messages on the page: that of a stream.
var messageOrder = []string{"filter", "entry", "notice", "error"}

// websocketPage returns an AsyncAPI document as a page.
func websocketPage(text []byte) ([]byte, error) {
	var doc asyncapi
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("asyncapi.yaml: %w", err)
	}
	messages, err := messageSections(&doc)
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	err = pageTemplate.Execute(&page, map[string]any{
		"Doc": doc, "Messages": messages, "Schemas": schemaSections(&doc),
	})
	return page.Bytes(), err
}

func messageSections(doc *asyncapi) ([]section, error) {
	names := slices.SortedFunc(maps.Keys(doc.Components.Messages), func(a, b string) int {
		return cmp.Compare(slices.Index(messageOrder, a), slices.Index(messageOrder, b))
	})
	var sections []section
	for _, name := range names {
		m := doc.Components.Messages[name]
		s := section{
			ID: "message-" + name, Title: m.Title, Summary: m.Summary, Description: m.Description,
			Fields: rows(&m.Payload),
		}
		if m.Payload.Ref != "" {
			s.Fields = []fieldRow{row("", &m.Payload)}
		}
		for _, e := range m.Examples {
			text, err := json.MarshalIndent(e.Payload, "", "  ")
			if err != nil {
				return nil, fmt.Errorf("example %s of %s: %w", e.Name, name, err)
			}
			s.Examples = append(s.Examples, example{cmp.Or(e.Summary, e.Name), string(text)})
		}
		sections = append(sections, s)
	}
	return sections, nil
}

func schemaSections(doc *asyncapi) []section {
	var sections []section
	for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		s := doc.Components.Schemas[name]
		sections = append(sections, section{
			ID: name, Title: name, Description: s.Description, Values: s.Enum, Fields: rows(&s),
		})
	}
	return sections
}

func rows(s *schema) []fieldRow {
	var all []fieldRow
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		property := s.Properties[name]
		all = append(all, row(name, &property))
	}
	return all
}

func row(name string, s *schema) fieldRow {
	text, link := typeOf(s)
	return fieldRow{Name: name, Type: text, Link: link, Description: s.Description}
}

// typeOf returns the type of a value as text, and the schema that it links to.
func typeOf(s *schema) (text, link string) {
	switch {
	case s.Ref != "":
		name := s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
		return name, name
	case len(s.AllOf) > 0:
		return typeOf(&s.AllOf[0])
	case s.Items != nil:
		text, link = typeOf(s.Items)
		return "list of " + text, link
	case s.Type == "object" && s.Additional.Kind == yaml.MappingNode:
		var value schema
		if err := s.Additional.Decode(&value); err != nil {
			return "map", ""
		}
		text, link = typeOf(&value)
		return "map of " + text, link
	case s.Format != "":
		return s.Type + " (" + s.Format + ")", ""
	default:
		return cmp.Or(s.Type, "any"), ""
	}
}
