package frame_test

import (
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/frame"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCodecsHandBytesThrough(t *testing.T) {
	for _, name := range []string{"proto", frame.SubtypeNDJSON, frame.SubtypeSSE} {
		t.Run(name, func(t *testing.T) {
			codec := encoding.GetCodecV2(name)
			data, err := codec.Marshal(&frame.Message{Data: mem.BufferSlice{
				mem.SliceBuffer("not "), mem.SliceBuffer("protobuf"),
			}})
			if err != nil {
				t.Fatal(err)
			}
			raw := &frame.Raw{}
			if err := codec.Unmarshal(data, raw); err != nil || string(raw.Bytes()) != "not protobuf" {
				t.Errorf("%q, %v", raw.Bytes(), err)
			}
			raw.Release()
			if raw.Bytes() != nil {
				t.Error("released, it still has bytes")
			}
			// Everything else is protobuf, as ever.
			want := &loggerv1.LogFilter{Query: "a"}
			data, err = codec.Marshal(want)
			if err != nil {
				t.Fatal(err)
			}
			got := &loggerv1.LogFilter{}
			if err := codec.Unmarshal(data, got); err != nil || !proto.Equal(got, want) {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}

func TestDefectTravels(t *testing.T) {
	want := &loggerv1.Rejected{Code: 3, Reason: "INVALID_FRAME", Message: "not JSON", Line: 1, Column: 7}
	f, err := frame.WithDefect(want)
	if err != nil {
		t.Fatal(err)
	}
	wire, err := proto.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	received := &loggerv1.LogFilter{}
	if err := proto.Unmarshal(wire, received); err != nil {
		t.Fatal(err)
	}
	if got := frame.Defect(received); !proto.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestUnknownFieldIsADefect(t *testing.T) {
	if d := frame.Defect(&loggerv1.LogFilter{Query: "a"}); d != nil {
		t.Errorf("a sound filter has the defect %v", d)
	}
	for name, unknown := range map[string][]byte{
		"a field of a newer client": protowire.AppendVarint(protowire.AppendTag(nil, 99, protowire.VarintType), 1),
		"a defect that is none":     protowire.AppendBytes(protowire.AppendTag(nil, protowire.MaxValidNumber, protowire.BytesType), []byte{0xff}),
	} {
		f := &loggerv1.LogFilter{}
		f.ProtoReflect().SetUnknown(unknown)
		if d := frame.Defect(f); d.GetReason() != "INVALID_FILTER" || d.GetMessage() == "" {
			t.Errorf("%s is told as %v", name, d)
		}
	}
}

// TestDefectCannotBeForged has a client write the field that the edge hides a refusal in.
func TestDefectCannotBeForged(t *testing.T) {
	body, err := proto.Marshal(&loggerv1.Rejected{Code: 13, Reason: "FORGED", Message: "the server is broken"})
	if err != nil {
		t.Fatal(err)
	}
	for name, before := range map[string][]byte{"bare": nil, "with a seal of its own": make([]byte, 16)} {
		hidden := protowire.AppendTag(nil, protowire.MaxValidNumber, protowire.BytesType)
		f := &loggerv1.LogFilter{}
		f.ProtoReflect().SetUnknown(protowire.AppendBytes(hidden, append(before, body...)))
		if d := frame.Defect(f); d.GetReason() != "INVALID_FILTER" {
			t.Errorf("%s, it is told as %v", name, d)
		}
	}
}
