package gateway

import (
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/frame"
	"github.com/seed-2f16ea30/logsieve/internal/gateway/wsconn"
)

// filters is the body of a WebSocket's request, and the decoder of what is in it: the
// filter of the query parameters, then one for each message of the client.
//
// The proxy writes a message and a newline into a pipe. JSON may have newlines too, so
// the length of a message is asked of the connection, which has seen its frames.
//
// The gateway takes any error but io.EOF for the end of what the client has to say, with
// no word to it, while entries go on coming. So there is none: what is no filter becomes
// one with a defect, which the service counts and refuses.
type filters struct {
	io.ReadCloser // the proxy's pipe

	session *session
	first   *loggerv1.LogFilter
	scratch []byte
}

var _ runtime.Decoder = (*filters)(nil)

func newFilters(pipe io.ReadCloser, s *session) *filters {
	return &filters{ReadCloser: pipe, session: s, first: s.first}
}

// Decode stores the next filter in v, a *loggerv1.LogFilter. It blocks until there is
// one, and returns io.EOF when there will be none.
func (f *filters) Decode(v any) (err error) {
	into, ok := v.(*loggerv1.LogFilter)
	if !ok {
		return fmt.Errorf("gateway: cannot decode a filter into a %T", v)
	}
	if f.first != nil {
		proto.Merge(into, f.first)
		f.first = nil
		return nil
	}
	message, text, err := f.next()
	if err != nil {
		return io.EOF // the pipe is closed, in the middle of a message or not: see the type
	}
	if text && !utf8.Valid(message) {
		f.breakOff(message)
		return io.EOF
	}
	decodeFilter(message, into)
	return nil
}

// breakOff ends a WebSocket that sends as text what is none. Such a client breaks not the
// form of a filter, but that of the transport (RFC 6455, section 8.1): whatever is between
// here and there may have changed what it says.
func (f *filters) breakOff(message []byte) {
	refusal := notText(message)
	err := invalid(badFrame, refusal.GetMessage(), refusal.GetHint())
	f.session.conn.End(wsconn.End{Code: wsconn.NotText, Reason: closeReason(err.GRPCStatus())})
	f.session.cancel(err)
}

// next returns the next message, and whether it was sent as text. It is valid until the
// next call.
func (f *filters) next() (message []byte, text bool, err error) {
	// The first byte is that of the message or, if it is empty, the newline behind it.
	// When it is there the connection has seen the message to its end.
	var head [1]byte
	if _, err := io.ReadFull(f.ReadCloser, head[:]); err != nil {
		return nil, false, err
	}
	m, ok := f.session.conn.NextMessage()
	if !ok {
		return nil, false, io.ErrUnexpectedEOF
	}
	f.scratch = append(f.scratch[:0], head[0])
	f.scratch = append(f.scratch, make([]byte, m.Length)...) // the rest and the newline
	if _, err := io.ReadFull(f.ReadCloser, f.scratch[1:]); err != nil {
		return nil, false, err
	}
	message = f.scratch[:m.Length]
	if cap(f.scratch) > keptScratch {
		f.scratch = nil
	}
	return message, m.Text, nil
}

// keptScratch is how long a buffer may be to be kept while a session waits: longer than
// most filters, and little beside what a connection costs.
const keptScratch = 1 << 10

// decodeFilter decodes a message. What cannot be decoded becomes a filter with a defect.
func decodeFilter(message []byte, into *loggerv1.LogFilter) {
	refusal := refuse(message, into)
	if refusal == nil {
		return
	}
	proto.Reset(into)
	defective, err := frame.WithDefect(refusal)
	if err != nil {
		// A sentence of ours that is not UTF-8, say: any unknown field is a defect too.
		into.ProtoReflect().SetUnknown([]byte{0x78, 0x01})
		return
	}
	into.ProtoReflect().SetUnknown(defective.ProtoReflect().GetUnknown())
}

// refuse decodes a message into a filter and returns what is wrong with it, or nil.
func refuse(message []byte, into *loggerv1.LogFilter) (refusal *loggerv1.Rejected) {
	defer func() {
		// It runs in a goroutine of the generated code, where nobody would catch it.
		if cause := recover(); cause != nil {
			refusal = &loggerv1.Rejected{Code: 13, Reason: "INTERNAL", Message: "the server failed to decode the frame"}
		}
	}()
	if refusal := notText(message); refusal != nil {
		return refusal
	}
	if err := fromJSON.Unmarshal(message, into); err != nil {
		return explain(message, err, into.ProtoReflect().Descriptor())
	}
	return nil
}
