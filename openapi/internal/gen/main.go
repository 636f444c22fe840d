// Command gen makes the documents of the HTTP interface: openapi.yaml and openapi.json
// from the Swagger document that protoc-gen-openapiv2 makes of the contract, and
// asyncapi.yaml, with the same schemas, for the WebSocket.
//
// What the contract does not say, such as the WebSocket, the content types of a stream
// and the health routes, is in the overlays, written by hand and merged in last: see
// openapi/overlay. protoc-gen-openapiv3 would save the conversion, but describes streams
// wrongly: it leaves out the wrapper of result and error.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"
)

func main() {
	swagger := flag.String("swagger", "openapi/openapi.swagger.json", "the Swagger document")
	overlays := flag.String("overlays", "openapi/overlay", "the folder of openapi.yaml and asyncapi.yaml")
	out := flag.String("out", "openapi", "the folder to write to")
	flag.Parse()
	if err := run(*swagger, *overlays, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(swagger, overlays, out string) error {
	openapi, err := convert(swagger)
	if err != nil {
		return fmt.Errorf("convert %s: %w", swagger, err)
	}
	filter, err := filterSchema(openapi)
	if err != nil {
		return err
	}
	asyncapi := object{"components": object{"schemas": messageSchemas(openapi, filter)}}

	if err := mergeFile(openapi, filepath.Join(overlays, "openapi.yaml")); err != nil {
		return err
	}
	if err := check(openapi); err != nil {
		return fmt.Errorf("the OpenAPI document is not valid: %w", err)
	}
	if err := mergeFile(asyncapi, filepath.Join(overlays, "asyncapi.yaml")); err != nil {
		return err
	}
	if err := writeJSON(filepath.Join(out, "openapi.json"), openapi); err != nil {
		return err
	}
	if err := writeYAML(filepath.Join(out, "openapi.yaml"), openapi); err != nil {
		return err
	}
	return writeYAML(filepath.Join(out, "asyncapi.yaml"), asyncapi)
}

// check loads the document as its readers do: every reference must be found, every
// example must be of its schema.
func check(document object) error {
	text, err := json.Marshal(document)
	if err != nil {
		return err
	}
	loaded, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return err
	}
	return loaded.Validate(context.Background())
}

func writeJSON(path string, document object) error {
	text, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return err
	}
	return write(path, append(text, '\n'))
}

// writeYAML writes keys in the order in which people read them; see order.
func writeYAML(path string, document object) error {
	var node yaml.Node
	if err := node.Encode(document); err != nil {
		return err
	}
	order(&node)
	var text bytes.Buffer
	text.WriteString("# Made by `make generate`. Edit the contract in api/ or openapi/overlay instead.\n")
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(&node); err != nil {
		return err
	}
	return write(path, text.Bytes())
}

func write(path string, text []byte) error {
	return os.WriteFile(path, text, 0o644) //nolint:gosec // G306: part of the sources, which everyone may read.
}
