package gateway

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Field names are those of the contract, on output; on input both spellings are taken,
// and what is not a field is an error.
var (
	toJSON   = protojson.MarshalOptions{UseProtoNames: true}
	fromJSON = protojson.UnmarshalOptions{DiscardUnknown: false}
)

// marshaler is the JSON of the edge in one format of streams.
type marshaler struct{ format *format }

var (
	_ runtime.Marshaler         = marshaler{}
	_ runtime.Delimited         = marshaler{}
	_ runtime.StreamContentType = marshaler{}
)

// ContentType is that of a single answer.
func (marshaler) ContentType(any) string { return "application/json" }

// StreamContentType is that of a stream.
func (m marshaler) StreamContentType(any) string { return m.format.mediaType }

// Delimiter is empty: frames bring theirs along.
func (marshaler) Delimiter() []byte { return nil }

// Marshal encodes an answer or, from a map, the last frame of a stream: its error.
func (m marshaler) Marshal(v any) ([]byte, error) {
	switch v := v.(type) {
	case proto.Message:
		b, err := marshalWhole(v)
		return append(b, '\n'), err // a terminal's prompt then stands below it
	case map[string]proto.Message:
		b := []byte(m.format.failurePrefix)
		for name, value := range v {
			b = append(strconv.AppendQuote(append(b, '{'), name), ':')
			var err error
			if b, err = toJSON.MarshalAppend(b, value); err != nil {
				return nil, err
			}
		}
		return append(append(b, '}'), m.format.failureSuffix...), nil
	default:
		return nil, fmt.Errorf("gateway: cannot encode a %T", v)
	}
}

// marshalWhole encodes an answer with all fields at its top: who asks for entries shall
// find the list, though it be empty. Entries in the list leave out what is unset.
func marshalWhole(m proto.Message) ([]byte, error) {
	b, err := toJSON.Marshal(m)
	if err != nil {
		return nil, err
	}
	b = bytes.TrimSuffix(b, []byte{'}'})
	for field, empty := range unset(m.ProtoReflect()) {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(strconv.AppendQuote(b, string(field.Name())), ':')
		b = append(b, empty...)
	}
	return append(b, '}'), nil
}

// unset yields the fields without presence that protojson leaves out, and their JSON.
func unset(m protoreflect.Message) func(yield func(protoreflect.FieldDescriptor, string) bool) {
	return func(yield func(protoreflect.FieldDescriptor, string) bool) {
		fields := m.Descriptor().Fields()
		for i := range fields.Len() {
			f := fields.Get(i)
			var empty string
			switch {
			case m.Has(f) || f.HasPresence():
				continue
			case f.IsList():
				empty = "[]"
			case f.Kind() == protoreflect.StringKind:
				empty = `""`
			case f.Kind() == protoreflect.Uint32Kind || f.Kind() == protoreflect.Int32Kind:
				empty = "0"
			default:
				continue
			}
			if !yield(f, empty) {
				return
			}
		}
	}
}

// Unmarshal decodes JSON.
func (marshaler) Unmarshal(data []byte, v any) error {
	m, ok := v.(proto.Message)
	if !ok {
		return fmt.Errorf("gateway: cannot decode into a %T", v)
	}
	return fromJSON.Unmarshal(data, m)
}

// NewDecoder returns the decoder of a request's body: of a WebSocket's filters, for
// nothing else comes in through the generated handlers.
func (m marshaler) NewDecoder(r io.Reader) runtime.Decoder {
	if filters, ok := r.(*filters); ok {
		return filters
	}
	return runtime.DecoderFunc(func(v any) error {
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		return m.Unmarshal(data, v)
	})
}

// NewEncoder returns an encoder of answers.
func (m marshaler) NewEncoder(w io.Writer) runtime.Encoder {
	return runtime.EncoderFunc(func(v any) error {
		b, err := m.Marshal(v)
		if err != nil {
			return err
		}
		_, err = w.Write(b)
		return err
	})
}
