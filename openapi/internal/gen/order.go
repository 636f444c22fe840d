package main

import (
	"cmp"
	"slices"

	"go.yaml.in/yaml/v3"
)

// rank is the order of keys that begin a mapping; all others follow by name. The two
// documents share it, since a key means much the same in both.
var rank = func() map[string]int {
	ranks := map[string]int{}
	for i, key := range []string{
		"openapi", "asyncapi", "info", "title", "version", "name", "in", "required", "style", "explode",
		"action", "address", "channel", "summary", "description", "operationId", "tags", "contentType",
		"$ref", "type", "format", "enum", "parameters", "requestBody", "schema", "responses",
		"servers", "channels", "operations", "paths", "components",
	} {
		ranks[key] = i
	}
	return ranks
}()

// order sorts the keys of every mapping of a document, as far as they name parts of it:
// the names of properties and paths are sorted alone, whatever they are.
func order(node *yaml.Node) { orderAs(node, true) }

func orderAs(node *yaml.Node, keywords bool) {
	if node.Kind != yaml.MappingNode {
		for _, item := range node.Content {
			orderAs(item, true)
		}
		return
	}
	pairs := slices.Collect(slices.Chunk(slices.Clone(node.Content), 2))
	slices.SortStableFunc(pairs, func(a, b []*yaml.Node) int {
		x, y := a[0].Value, b[0].Value
		if keywords {
			if c := cmp.Compare(rankOf(x), rankOf(y)); c != 0 {
				return c
			}
		}
		return cmp.Compare(x, y)
	})
	node.Content = node.Content[:0]
	for _, pair := range pairs {
		name := pair[0].Value
		orderAs(pair[1], name != "properties" && name != "schemas" && name != "messages")
		node.Content = append(node.Content, pair...)
	}
}

func rankOf(key string) int {
	if r, ok := rank[key]; ok {
		return r
	}
	return len(rank)
}
