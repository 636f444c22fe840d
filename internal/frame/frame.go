// Package frame is how messages travel between the Logger service and whoever is at
// the other end of its gRPC connection: native clients, which speak protobuf, and the
// HTTP edge in the same process, which wants bytes that it can pass on as they are.
//
// The service encodes a message once, itself, and sends it as a [Message]; the codecs
// of this package hand its bytes through. Which encoding a stream wants stands in its
// content-subtype, which a client chooses with grpc.CallContentSubtype.
package frame

import (
	"context"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"
)

// Encoding is the form in which a stream's client wants its messages.
type Encoding uint8

const (
	// Protobuf is a logger.v1.LogEntry a message: what every native client speaks.
	Protobuf Encoding = iota
	// NDJSON is one or several lines of JSON a message, each of them {"result":{…}}.
	NDJSON
	// SSE is one or several server-sent events a message, each with {"result":{…}} as its
	// data and, where it is an entry or a notice that has one, the cursor as its id.
	SSE
)

// The content-subtypes of the encodings for the HTTP edge.
const (
	SubtypeNDJSON = "logsieve-ndjson"
	SubtypeSSE    = "logsieve-sse"
)

// Of returns the encoding that the client of a call wants. ctx is the server's context
// of the call.
func Of(ctx context.Context) Encoding {
	stream, ok := grpc.ServerTransportStreamFromContext(ctx).(interface{ ContentSubtype() string })
	if !ok {
		return Protobuf
	}
	switch strings.ToLower(stream.ContentSubtype()) {
	case SubtypeNDJSON:
		return NDJSON
	case SubtypeSSE:
		return SSE
	default:
		return Protobuf
	}
}

// Message is a message that is encoded already. A server sends it with SendMsg.
type Message struct {
	// Data is handed to the transport, which frees it when it is written.
	Data mem.BufferSlice
}

// Raw is what the HTTP edge receives into with RecvMsg: the bytes of a message as they
// came. Its zero value is ready. It is not safe for concurrent use.
type Raw struct{ buffer mem.Buffer }

// Bytes returns the message. It is valid until Release, or until something else is
// received, and must not be changed.
func (r *Raw) Bytes() []byte {
	if r.buffer == nil {
		return nil
	}
	return r.buffer.ReadOnlyData()
}

// Release gives the message's memory back. A stream calls it before it waits for its next
// message, so that an idle one holds none.
func (r *Raw) Release() {
	if r.buffer != nil {
		r.buffer.Free()
		r.buffer = nil
	}
}

// receive takes a message over, without a copy where it is in one piece.
func (r *Raw) receive(data mem.BufferSlice) {
	r.Release()
	r.buffer = data.MaterializeToBuffer(mem.DefaultBufferPool())
}
