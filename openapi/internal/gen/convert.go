package main

import (
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
)

// object is a mapping of a document.
type object = map[string]any

// convert returns the Swagger document as OpenAPI 3, with query parameters as the server
// takes them.
func convert(swagger string) (object, error) {
	text, err := os.ReadFile(swagger)
	if err != nil {
		return nil, err
	}
	var v2 openapi2.T
	if err := json.Unmarshal(text, &v2); err != nil {
		return nil, err
	}
	v3, err := openapi2conv.ToV3(&v2)
	if err != nil {
		return nil, err
	}
	converted, err := json.Marshal(v3)
	if err != nil {
		return nil, err
	}
	var document object
	if err := json.Unmarshal(converted, &document); err != nil {
		return nil, err
	}
	paths, _ := document["paths"].(object)
	for _, path := range paths {
		operations, _ := path.(object)
		for _, o := range operations {
			if operation, ok := o.(object); ok {
				fixOperation(document, operation)
			}
		}
	}
	return document, nil
}

// fixOperation makes the first sentence of a method's comment its summary: it comes as
// the first paragraph.
func fixOperation(document, operation object) {
	paragraph, _ := operation["summary"].(string)
	summary, rest, _ := strings.Cut(strings.ReplaceAll(paragraph, "\n", " "), ". ")
	description, _ := operation["description"].(string)
	operation["summary"] = strings.TrimSuffix(summary, ".")
	operation["description"] = strings.TrimSpace(rest + "\n\n" + description)
	parameters, _ := operation["parameters"].([]any)
	for _, p := range parameters {
		if parameter, ok := p.(object); ok {
			fixParameter(document, parameter)
		}
	}
}

// mapSuffix is how the Swagger document writes a map: it has no other way.
const mapSuffix = "[string]"

// fixParameter describes a map as attributes[key]=value, and an enumeration by the
// schema that explains its values, in place of a list of them in each parameter.
func fixParameter(document, parameter object) {
	name, _ := parameter["name"].(string)
	if plain, ok := strings.CutSuffix(name, mapSuffix); ok {
		parameter["name"] = plain
		parameter["style"] = "deepObject"
		parameter["explode"] = true
		parameter["schema"] = object{"type": "object", "additionalProperties": object{"type": "string"}}
	}
	schema, _ := parameter["schema"].(object)
	if enum, ok := schema["enum"].([]any); ok {
		if ref := schemaWithEnum(document, enum); ref != "" {
			parameter["schema"] = object{"$ref": ref}
		}
	}
	if description, ok := parameter["description"].(string); ok {
		parameter["description"], _, _ = strings.Cut(description, "\n\n - ")
	}
}

func schemaWithEnum(document object, enum []any) string {
	for name, s := range schemas(document) {
		if schema, ok := s.(object); ok && reflect.DeepEqual(schema["enum"], enum) {
			return schemaPrefix + name
		}
	}
	return ""
}

const schemaPrefix = "#/components/schemas/"

func schemas(document object) object {
	components, _ := document["components"].(object)
	all, _ := components["schemas"].(object)
	return all
}

// filterSchema makes the schema of LogFilter. The Swagger document has none, since over
// plain HTTP a filter is only ever query parameters: those of Tail.
func filterSchema(document object) (object, error) {
	operation := at(document, "paths", "/logs/tail", "get")
	parameters, _ := operation["parameters"].([]any)
	if len(parameters) == 0 {
		return nil, errors.New("GET /logs/tail has no parameters to make a LogFilter of")
	}
	properties := object{}
	for _, p := range parameters {
		parameter, _ := p.(object)
		name, _ := parameter["name"].(string)
		schema, _ := parameter["schema"].(object)
		property := object{"description": parameter["description"]}
		if _, isRef := schema["$ref"]; isRef {
			property["allOf"] = []any{schema} // a $ref hides what stands beside it
		}
		for key, value := range schema {
			if key != "$ref" {
				property[key] = value
			}
		}
		properties[name] = property
	}
	return object{"type": "object", "properties": properties, "additionalProperties": false}, nil
}

func at(document object, path ...string) object {
	for _, key := range path {
		document, _ = document[key].(object)
	}
	return document
}

// messageSchemas returns the schemas that the messages of the WebSocket need.
func messageSchemas(document, filter object) object {
	needed := object{"LogFilter": filter}
	all := schemas(document)
	queue := append(refs(filter), "LogEntry", "Status")
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		if _, have := needed[name]; have || all[name] == nil {
			continue
		}
		needed[name] = all[name]
		queue = append(queue, refs(all[name])...)
	}
	return needed
}

// refs returns the names of the schemas that a value refers to.
func refs(value any) []string {
	var names []string
	switch v := value.(type) {
	case object:
		for key, inner := range v {
			if ref, ok := inner.(string); ok && key == "$ref" {
				names = append(names, strings.TrimPrefix(ref, schemaPrefix))
				continue
			}
			names = append(names, refs(inner)...)
		}
	case []any:
		for _, inner := range v {
			names = append(names, refs(inner)...)
		}
	}
	return names
}
