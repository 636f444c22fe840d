// Package openapi holds the documents of the HTTP interface: OpenAPI for what is request
// and answer, AsyncAPI for the WebSocket. They are made by `make generate` from the
// contract in api/ and the overlays in overlay/, and are what the server serves.
package openapi

import _ "embed"

// The documents. They must not be changed.
var (
	// YAML is the OpenAPI 3 document as YAML.
	//go:embed openapi.yaml
	YAML []byte
	// JSON is the same document as JSON.
	//go:embed openapi.json
	JSON []byte
	// AsyncYAML is the AsyncAPI 3 document of the WebSocket as YAML.
	//go:embed asyncapi.yaml
	AsyncYAML []byte
)
