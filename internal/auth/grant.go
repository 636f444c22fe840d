package auth

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// everything is what stands for read without a limit, since the empty text is more likely
// forgotten than meant.
const everything = "*"

// grant is what a rule of the access file allows.
type grant struct {
	permissions Permission
	scope       *filter.Matcher // nil: everything
	stamp       Stamp
}

// grantKeys are the keys of a stanza that grants something.
func grantKeys(more ...string) []string { return append(more, "read", "write", "stamp") }

// readGrant reads what a stanza grants.
func readGrant(s stanza) grant {
	// Nothing asks for the scope of who may not read. Were it asked for, all would be open.
	g := grant{scope: nothing()}
	if s.has("read") {
		g.permissions |= Read
		g.scope = readScope(s)
	}
	if s.flag("write") {
		g.permissions |= Write
	}
	if node, ok := s.values["stamp"]; ok {
		g.stamp = readStamp(s, node)
		if g.permissions&Write == 0 {
			s.fail("stamp", "has no effect without write: true")
		}
	}
	if g.permissions == 0 {
		s.add(s.line, s.key, `grants nothing: give it read: "*" (everything), read: with a query, write: true, or more of these`)
	}
	return g
}

// nothing is the scope that selects no entry.
var nothing = sync.OnceValue(func() *filter.Matcher {
	// It parses, and its test shows that it selects nothing.
	m, _ := filter.Parse("service:* -service:*")
	return m
})

func readScope(s stanza) *filter.Matcher {
	query := s.text("read")
	switch strings.TrimSpace(query) {
	case everything:
		return nil
	case "":
		if s.values["read"].Tag == "!!str" {
			s.fail("read", `is empty: write "*" for everything, or leave it out for nothing`)
		}
		return nil
	}
	scope, err := filter.Parse(query)
	if err != nil {
		s.fail("read", "is not a query: %v", err)
		return nil
	}
	if scope.Canonical() == "" {
		s.fail("read", `selects everything: write "*" if that is meant`)
	}
	return scope
}

func readStamp(s stanza, node *yaml.Node) Stamp {
	sub := newStanza(s.mistakes, s.sub("stamp"), node, "service", "host", "attributes")
	stamp := Stamp{Service: sub.text("service"), Host: sub.text("host")}
	attributes, ok := sub.values["attributes"]
	if !ok {
		return stamp
	}
	if attributes.Kind != yaml.MappingNode {
		sub.fail("attributes", "is not a mapping: write tenant: a, and others, below it")
		return stamp
	}
	for i := 0; i+1 < len(attributes.Content); i += 2 {
		name, value := attributes.Content[i], attributes.Content[i+1]
		key := sub.sub("attributes." + name.Value)
		switch {
		case name.Value == "" || value.Kind != yaml.ScalarNode || value.Tag != "!!str" || value.Value == "":
			sub.add(name.Line, key, "is not a text: give it one, in quotes if need be")
		case slices.ContainsFunc(stamp.Attributes, func(a entry.Attribute) bool { return a.Key == name.Value }):
			sub.add(name.Line, key, "is there twice: keep one")
		default:
			stamp.Attributes = append(stamp.Attributes, entry.Attribute{Key: name.Value, Value: value.Value})
		}
	}
	stamp.Attributes = entry.SortAttributes(stamp.Attributes)
	return stamp
}

// String returns all that the grant allows as a text: two that allow the same have the
// same one.
func (g grant) String() string {
	return fmt.Sprintf("%d %q %q", g.permissions, g.query(), g.stamp)
}

// query returns the scope as it can stand in an access file.
func (g grant) query() string {
	if g.scope == nil {
		return everything
	}
	return g.scope.Canonical()
}

// principal returns who comes in under the grant.
func (g grant) principal(name string, expires time.Time, l *lease) *Principal {
	return &Principal{
		Name: name, Permissions: g.permissions, Scope: g.scope, Stamp: g.stamp,
		Expires: expires, Revoked: l.revoked,
	}
}

// lease is how long a rule holds, which all who came in under it share: until it is taken
// out of the access file, or says something else. Its terms are all that the rule says.
type lease struct {
	terms   string
	revoked chan struct{} // closed by Access.replace, once
}

func newLease(format string, args ...any) *lease {
	return &lease{fmt.Sprintf(format, args...), make(chan struct{})}
}
