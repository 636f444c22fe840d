// Package docs serves the documentation of the HTTP interface: the OpenAPI and AsyncAPI
// documents as they are, and pages to read them.
//
//	/docs            the OpenAPI document in Swagger UI, to read and to try
//	/docs/websocket  the AsyncAPI document of the WebSocket as a page
//	/openapi.yaml, /openapi.json, /asyncapi.yaml
//
// Everything is in the binary. No page asks another site for anything, and the policy
// that each is sent with (Content-Security-Policy) would not let it: scripts and styles
// come from here, as files, and nothing inline is run. Links are relative, so that the
// pages also work under a prefix that a proxy takes away.
package docs
