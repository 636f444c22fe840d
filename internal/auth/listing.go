package auth

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/seed-2f16ea30/logsieve/internal/auth/token"
)

// Listing is a token as an access file lists it.
type Listing struct {
	ID, Name string
	Sum      token.Sum
	// Read is a query, "*" for everything, empty for nothing.
	Read  string
	Write bool
	Stamp Stamp
	// Expires is zero for never.
	Expires time.Time
	Note    string
}

// Stanza returns the listing as YAML: one item of the list of tokens.
func (l Listing) Stanza() (string, error) {
	type stamp struct {
		Service    string            `yaml:"service,omitempty"`
		Host       string            `yaml:"host,omitempty"`
		Attributes map[string]string `yaml:"attributes,omitempty"`
	}
	entry := struct {
		ID      string    `yaml:"id"`
		Name    string    `yaml:"name"`
		Sum     string    `yaml:"sha256"`
		Read    string    `yaml:"read,omitempty"`
		Write   bool      `yaml:"write,omitempty"`
		Stamp   stamp     `yaml:"stamp,omitempty"`
		Expires time.Time `yaml:"expires,omitempty"`
		Note    string    `yaml:"note,omitempty"`
	}{
		l.ID, l.Name, l.Sum.String(), l.Read, l.Write,
		stamp{Service: l.Stamp.Service, Host: l.Stamp.Host},
		l.Expires.UTC().Truncate(time.Second), l.Note,
	}
	if len(l.Stamp.Attributes) > 0 {
		entry.Stamp.Attributes = map[string]string{}
		for _, a := range l.Stamp.Attributes {
			entry.Stamp.Attributes[a.Key] = a.Value
		}
	}
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(yamlIndent)
	if err := encoder.Encode([]any{entry}); err != nil {
		return "", fmt.Errorf("the token cannot be written as YAML: %w", err)
	}
	return text.String(), nil
}

const yamlIndent = 2

// Listings returns the tokens that are in force, by name.
func (a *Access) Listings() []Listing {
	var all []Listing
	for id, rule := range maps.All(a.rules.Load().tokens) {
		l := Listing{
			ID: id, Name: rule.name, Sum: rule.sum, Write: rule.grant.permissions&Write != 0,
			Stamp: rule.grant.stamp, Expires: rule.expires, Note: rule.note,
		}
		if rule.grant.permissions&Read != 0 {
			l.Read = rule.grant.query()
		}
		all = append(all, l)
	}
	slices.SortFunc(all, func(x, y Listing) int {
		return strings.Compare(x.Name+"\x00"+x.ID, y.Name+"\x00"+y.ID)
	})
	return all
}
