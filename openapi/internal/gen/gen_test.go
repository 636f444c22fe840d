package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func parse(t *testing.T, text string) object {
	t.Helper()
	var v object
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestMerge(t *testing.T) {
	for _, tt := range []struct{ name, into, patch, want string }{
		{"nothing", `{"a":1}`, `{}`, `{"a":1}`},
		{"deep", `{"a":{"b":1,"c":2}}`, `{"a":{"b":3,"d":4}}`, `{"a":{"b":3,"c":2,"d":4}}`},
		{"removal", `{"a":1,"b":{"c":2,"d":3}}`, `{"a":null,"b":{"c":null,"none":null}}`, `{"b":{"d":3}}`},
		{"a list replaces", `{"a":[1,2]}`, `{"a":[3]}`, `{"a":[3]}`},
		{"a mapping replaces a value", `{"a":1}`, `{"a":{"b":null,"c":2}}`, `{"a":{"c":2}}`},
		{"a reference replaces", `{"a":{"b":1}}`, `{"a":{"$ref":"#/x"}}`, `{"a":{"$ref":"#/x"}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := parse(t, tt.into)
			merge(got, parse(t, tt.patch))
			if diff := cmp.Diff(parse(t, tt.want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFixOperation(t *testing.T) {
	document := parse(t, `{"components":{"schemas":{"Order":{"enum":["NEWEST","OLDEST"]}}}}`)
	operation := parse(t, `{
		"summary": "Lists things. It does\nnot wait.",
		"description": "More.",
		"parameters": [
			{"name": "attributes[string]", "in": "query", "schema": {"type": "string"}},
			{"name": "order", "in": "query", "description": "Which way.\n\n - NEWEST: Back.", "schema": {"type": "string", "enum": ["NEWEST", "OLDEST"]}}
		]}`)
	fixOperation(document, operation)
	want := parse(t, `{
		"summary": "Lists things",
		"description": "It does not wait.\n\nMore.",
		"parameters": [
			{"name": "attributes", "in": "query", "style": "deepObject", "explode": true,
			 "schema": {"type": "object", "additionalProperties": {"type": "string"}}},
			{"name": "order", "in": "query", "description": "Which way.", "schema": {"$ref": "#/components/schemas/Order"}}
		]}`)
	if diff := cmp.Diff(want, operation); diff != "" {
		t.Error(diff)
	}
}

func TestInvalidDocumentIsRefused(t *testing.T) {
	err := check(parse(t, `{"openapi":"3.0.3","info":{"title":"t","version":"v"},"paths":{"/x":{"get":{"responses":{"200":{"$ref":"#/none"}}}}}}`))
	if err == nil {
		t.Error("a reference that leads nowhere is accepted")
	}
}

func TestYAMLIsInReadingOrder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.yaml")
	err := writeYAML(path, object{
		"paths": object{"/b": object{}, "/a": object{}}, "info": object{"version": "v1", "title": "t"}, "openapi": "3.0.3",
		"properties": object{"type": object{"type": "string"}, "name": object{"description": "d", "type": "string"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := "# Made by `make generate`. Edit the contract in api/ or openapi/overlay instead.\n" +
		"openapi: 3.0.3\ninfo:\n  title: t\n  version: v1\npaths:\n  /a: {}\n  /b: {}\n" +
		"properties:\n  name:\n    description: d\n    type: string\n  type:\n    type: string\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}
