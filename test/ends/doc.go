// Package ends holds how streams end: each way in which either side may bring that about,
// over gRPC, over a WebSocket and with the Go client, ends with one definite status or close
// code on both sides, and leaves nothing behind.
//
// The server is the whole one, in the process of the test; faults that it has no way to
// make on demand are injected by an interceptor. Package soak ends a thousand streams of
// the real binary.
package ends
