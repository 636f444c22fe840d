// Package gateway is the HTTP edge: the WebSocket, the JSON interface, health, and what
// is mounted beside them.
//
// It reaches the Logger service over gRPC alone, so that the interceptors hold for every
// transport. A WebSocket goes through
//
//	chi → door → hijack → wsproxy → recover → grpc-gateway → gRPC
//
// where hijack puts a [wsconn.Conn] under the proxy, and everything else leaves out the
// two around wsproxy. The service encodes frames itself (package frame) and the edge
// hands their bytes through; it decodes nothing but what clients send.
//
// What holds for every stream, WebSocket, NDJSON and SSE:
//
//   - Entries and notices come as {"result":{…}}. When the stream fails, {"error":{…}}, a
//     google.rpc.Status, is the last frame; a WebSocket then also gets a close frame,
//     whose code tells mistakes (44xx) from what is worth another try (1001, 1012, 1013).
//   - A frame that cannot be decoded is a filter that is refused, counted like any other:
//     neither the frames after it nor the entries stop. As the first frame it ends the
//     stream with INVALID_ARGUMENT.
//   - Query parameters of a WebSocket make its first filter, revision 1.
//   - Text and binary messages are taken alike, as JSON in UTF-8: many clients send
//     binary whenever they are given bytes. A binary message that is not UTF-8 is refused as
//     a frame, one of text ends the stream with 1007.
//   - A panic ends one stream, never the process.
//   - Shutdown returns when every stream has ended. What outlives a stream is one
//     goroutine of the generated code, which ends as soon as the stream's pipe is closed.
package gateway
