package main

import (
	"encoding/json"
	"fmt"
	"os"

	"go.yaml.in/yaml/v3"
)

// mergeFile merges an overlay into the document.
func mergeFile(document object, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var overlay object
	if err := yaml.Unmarshal(text, &overlay); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	// Through JSON, so that both sides have the same types: an int would otherwise not
	// equal a float64.
	plain, err := json.Marshal(overlay)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	overlay = nil
	if err := json.Unmarshal(plain, &overlay); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	merge(document, overlay)
	return nil
}

// merge is JSON Merge Patch (RFC 7396): mappings are merged, null removes a key, and
// anything else, lists included, replaces what was there. So does a reference: beside it
// nothing may stand.
func merge(into, patch object) {
	for key, value := range patch {
		switch v := value.(type) {
		case nil:
			delete(into, key)
		case object:
			inner, ok := into[key].(object)
			if _, isRef := v["$ref"].(string); isRef || !ok {
				inner = object{}
			}
			merge(inner, v)
			into[key] = inner
		default:
			into[key] = v
		}
	}
}
