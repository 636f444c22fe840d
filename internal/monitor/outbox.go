package monitor

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/frame"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// outbox encodes what a stream is sent and sends it. Native clients get a message an
// entry at once. For the HTTP edge, frames are gathered into one message until they are
// flushed or gatherBytes long: a message costs that edge ten times what a frame costs.
//
// Only the session's goroutine uses it.
type outbox struct {
	stream   grpc.ServerStream
	encoding frame.Encoding
	cursors  store.Cursors

	begun    bool           // the headers are sent
	last     entry.Position // of the last entry
	cursor   []byte         // scratch
	gathered *[]byte        // frames not yet sent; from the pool, or nil
}

// A message of gathered frames is sent when it is gatherBytes long. Its buffer holds
// bufferBytes, a size of the pool, so that the last frame seldom outgrows it.
const (
	bufferBytes = 32 << 10
	gatherBytes = 28 << 10
)

func newOutbox(stream grpc.ServerStream, cursors store.Cursors) *outbox {
	return &outbox{
		stream: stream, encoding: frame.Of(stream.Context()), cursors: cursors,
		cursor: make([]byte, 0, store.CursorLength),
	}
}

// entry sends an entry that matched the filter with this revision. Like all that send,
// it blocks while the client does not read.
func (o *outbox) entry(e *entry.Entry, revision uint32) error {
	o.cursor = o.cursors.Append(o.cursor[:0], e.Position)
	if o.encoding == frame.Protobuf {
		return o.send(o.protobuf(e, revision))
	}
	o.open(string(o.cursor))
	*o.gathered = e.AppendJSON(*o.gathered, o.cursor, revision)
	return o.close()
}

// The encodings of entries lie together in blocks of 64 KiB. While a client does not
// read, the transport holds about 64 KiB of messages: of a filter that matches rarely those
// are hundreds of entries, each with a block of its own, which came to 14 MiB. So what is
// more than apart positions from the entry before is sent as a copy, unless it is largeBytes
// long and so a good part of its block.
const (
	apart      = 16
	largeBytes = 16 << 10
)

// protobuf returns an entry as a message. cursor is the entry's.
func (o *outbox) protobuf(e *entry.Entry, revision uint32) mem.BufferSlice {
	const tailBytes = store.CursorLength + 12
	wire, near := e.Wire(), e.Position-o.last <= apart
	o.last = e.Position
	if near || len(wire) >= largeBytes {
		tail := entry.AppendStreamFields(make([]byte, 0, tailBytes), o.cursor, revision)
		return mem.BufferSlice{mem.SliceBuffer(wire), mem.SliceBuffer(tail)}
	}
	whole := append(make([]byte, 0, len(wire)+tailBytes), wire...)
	return mem.BufferSlice{mem.SliceBuffer(entry.AppendStreamFields(whole, o.cursor, revision))}
}

// notice sends a notice; cursor is from where a stream that has seen it may resume, or
// empty.
func (o *outbox) notice(n *loggerv1.LogEntry, cursor string) error {
	if o.encoding == frame.Protobuf {
		body, err := proto.Marshal(n)
		if err != nil {
			return err
		}
		return o.send(mem.BufferSlice{mem.SliceBuffer(body)})
	}
	body, err := noticeJSON.Marshal(n)
	if err != nil {
		return err
	}
	o.open(cursor)
	*o.gathered = append(*o.gathered, body...)
	return o.close()
}

var noticeJSON = protojson.MarshalOptions{UseProtoNames: true}

// open and close write what stands around the JSON of a frame.
func (o *outbox) open(id string) {
	if o.gathered == nil {
		o.gathered = mem.DefaultBufferPool().Get(bufferBytes)
		*o.gathered = (*o.gathered)[:0]
	}
	b := *o.gathered
	if o.encoding == frame.SSE {
		if id != "" {
			b = append(append(append(b, "id: "...), id...), '\n')
		}
		b = append(b, "data: "...)
	}
	b = append(b, `{"result":`...)
	*o.gathered = b
}

func (o *outbox) close() error {
	*o.gathered = append(*o.gathered, "}\n"...)
	if o.encoding == frame.SSE {
		*o.gathered = append(*o.gathered, '\n')
	}
	if len(*o.gathered) < gatherBytes {
		return nil
	}
	return o.flush()
}

// flush sends what was gathered. What fills less than half of its buffer goes on in one of
// its own size: the transport takes 64 KiB of a stream whose client does not read, which as
// single entries in whole buffers held 2 MiB a stream.
func (o *outbox) flush() error {
	if o.gathered == nil {
		return nil
	}
	pool := mem.DefaultBufferPool()
	gathered := o.gathered
	o.gathered = nil
	if len(*gathered) < bufferBytes/2 {
		small := pool.Get(len(*gathered))
		copy(*small, *gathered)
		pool.Put(gathered)
		gathered = small
	}
	return o.send(mem.BufferSlice{mem.NewBuffer(gathered, pool)})
}

// begin sends the headers, unless they are sent. The HTTP edge waits for them before it
// does anything else.
func (o *outbox) begin() error {
	if o.begun {
		return nil
	}
	o.begun = true
	if err := o.stream.SendHeader(nil); err != nil {
		// It fails when the client has gone before its stream began, and says so with an error
		// of the transport's that has no code: it would count as a failure of ours.
		return fmt.Errorf("%w: %w", context.Canceled, err)
	}
	return nil
}

func (o *outbox) send(data mem.BufferSlice) error {
	o.begun = true
	return o.stream.SendMsg(&frame.Message{Data: data})
}
