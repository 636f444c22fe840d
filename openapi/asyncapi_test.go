package openapi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/openapi"
)

// Every reference in the AsyncAPI document leads somewhere.
func TestAsyncAPIReferences(t *testing.T) {
	document := generic(t, openapi.AsyncYAML)
	if document["asyncapi"] != "3.0.0" {
		t.Errorf("asyncapi: %v", document["asyncapi"])
	}
	found := 0
	walk(document, func(ref string) {
		found++
		if resolve(document, ref) == nil {
			t.Errorf("%s leads nowhere", ref)
		}
	})
	if found < 20 {
		t.Errorf("only %d references: are they found?", found)
	}
}

func walk(value any, visit func(ref string)) {
	switch v := value.(type) {
	case object:
		for key, inner := range v {
			if ref, ok := inner.(string); ok && key == "$ref" {
				visit(ref)
			}
			walk(inner, visit)
		}
	case []any:
		for _, inner := range v {
			walk(inner, visit)
		}
	}
}

func resolve(document object, ref string) any {
	path, ok := strings.CutPrefix(ref, "#/")
	if !ok {
		return nil
	}
	var at any = document
	for key := range strings.SplitSeq(path, "/") {
		inner, _ := at.(object)
		at = inner[key]
	}
	return at
}

// The operations are the server's: it receives filters and sends the rest.
func TestAsyncAPIOperations(t *testing.T) {
	document := generic(t, openapi.AsyncYAML)
	channel := resolve(document, "#/channels/monitor").(object)
	if channel["address"] != "/logs/monitor" {
		t.Errorf("the channel is at %v", channel["address"])
	}
	sent := map[string]string{}
	for _, o := range document["operations"].(object) {
		operation := o.(object)
		for _, m := range operation["messages"].([]any) {
			ref, _ := m.(object)["$ref"].(string)
			sent[strings.TrimPrefix(ref, "#/channels/monitor/messages/")] = operation["action"].(string)
		}
	}
	for message, want := range map[string]string{"filter": "receive", "entry": "send", "notice": "send", "error": "send"} {
		if sent[message] != want {
			t.Errorf("the server's action for %s is %q, want %q", message, sent[message], want)
		}
	}
}

// The examples are of their schemas and of the contract.
func TestAsyncAPIExamples(t *testing.T) {
	document := generic(t, openapi.AsyncYAML)
	schemas := payloads(t, document)
	for name, m := range resolve(document, "#/components/messages").(object) {
		examples, _ := m.(object)["examples"].([]any)
		if len(examples) == 0 {
			t.Errorf("%s has no example", name)
		}
		for _, e := range examples {
			example := e.(object)
			payload := example["payload"].(object)
			if err := schemas[name].Value.VisitJSON(payload); err != nil {
				t.Errorf("%s, example %v: %v", name, example["name"], err)
			}
			switch name {
			case "filter":
				decode(t, name, payload, &loggerv1.LogFilter{})
			case "entry", "notice":
				decode(t, name, payload["result"], &loggerv1.LogEntry{})
			}
		}
	}
}

// payloads returns the schemas of the messages. They are loaded as an OpenAPI document,
// whose schemas are the same for what is used here.
func payloads(t *testing.T, document object) openapi3.Schemas {
	t.Helper()
	schemas := resolve(document, "#/components/schemas").(object)
	for name, m := range resolve(document, "#/components/messages").(object) {
		schemas[name] = m.(object)["payload"]
	}
	text, err := json.Marshal(object{
		"openapi": "3.0.3", "info": object{"title": "t", "version": "v"}, "paths": object{},
		"components": object{"schemas": schemas},
	})
	if err != nil {
		t.Fatal(err)
	}
	return load(t, text).Components.Schemas
}
