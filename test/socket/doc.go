// Package socket is a Monitor stream over a WebSocket, for tests in Go: it has the methods
// of a gRPC stream, and its errors are a gRPC stream's, so that one test can hold both.
//
// Send, CloseSend and Close are for one goroutine, Recv for another, as with grpc-go.
package socket
