package frame

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// fieldDefect is the number under which the HTTP edge hides, in a LogFilter, what was
// wrong with the frame that should have been one: the highest number that protobuf has,
// which the contract will never use.
const fieldDefect = protowire.MaxValidNumber

// WithDefect returns a filter that stands for a frame which could not be decoded. The
// service counts it like any other filter and answers with this refusal, so that both
// sides go on numbering alike.
func WithDefect(refusal *loggerv1.Rejected) (*loggerv1.LogFilter, error) {
	body, err := proto.Marshal(refusal)
	if err != nil {
		return nil, fmt.Errorf("frame: %w", err)
	}
	hidden := protowire.AppendTag(nil, fieldDefect, protowire.BytesType)
	f := &loggerv1.LogFilter{}
	f.ProtoReflect().SetUnknown(protowire.AppendBytes(hidden, body))
	return f, nil
}

// Defect returns the refusal that a filter carries, and nil for a sound filter. A field
// that this version does not know is a defect too: leaving a restriction out without a
// word would deliver entries that were not asked for.
func Defect(f *loggerv1.LogFilter) *loggerv1.Rejected {
	unknown := f.ProtoReflect().GetUnknown()
	if len(unknown) == 0 {
		return nil
	}
	field, kind, n := protowire.ConsumeTag(unknown)
	if n > 0 && field == fieldDefect && kind == protowire.BytesType {
		if body, m := protowire.ConsumeBytes(unknown[n:]); m > 0 {
			refusal := &loggerv1.Rejected{}
			if err := proto.Unmarshal(body, refusal); err == nil && refusal.GetMessage() != "" {
				return refusal
			}
		}
	}
	return &loggerv1.Rejected{
		Code:    invalidArgument,
		Reason:  "INVALID_FILTER",
		Message: fmt.Sprintf("the filter has a field that this server does not know (number %d)", field),
		Hint:    "the client is newer than the server: leave the field out, or upgrade the server",
	}
}

// invalidArgument is INVALID_ARGUMENT in google.rpc.Code.
const invalidArgument = 3
