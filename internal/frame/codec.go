package frame

import (
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
)

// codec hands the bytes of a Message and of a Raw through and leaves every other
// message to protobuf's own codec.
type codec struct {
	name  string
	proto encoding.CodecV2
}

var _ encoding.CodecV2 = codec{}

//nolint:gochecknoinits // grpc looks codecs up in a table that may only be changed before the program begins.
func init() {
	// The import of encoding/proto has registered its codec before this runs. Wrapping
	// it under its own name, rather than forcing a codec on the server, leaves every
	// other content-subtype as it is.
	stock := encoding.GetCodecV2(proto.Name)
	for _, name := range []string{proto.Name, SubtypeNDJSON, SubtypeSSE} {
		encoding.RegisterCodecV2(codec{name, stock})
	}
}

func (c codec) Name() string { return c.name }

func (c codec) Marshal(v any) (mem.BufferSlice, error) {
	if m, ok := v.(*Message); ok {
		return m.Data, nil
	}
	return c.proto.Marshal(v)
}

func (c codec) Unmarshal(data mem.BufferSlice, v any) error {
	if raw, ok := v.(*Raw); ok {
		raw.receive(data)
		return nil
	}
	return c.proto.Unmarshal(data, v)
}
