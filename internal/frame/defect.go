package frame

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// fieldDefect is the number under which the HTTP edge hides, in a LogFilter, what was
// wrong with the frame that should have been one: the highest number that protobuf has,
// which the contract will never use.
const fieldDefect = protowire.MaxValidNumber

// seal stands before a defect, so that only the edge of this process can write one: a native
// client that sends the field too would otherwise choose what the server tells and counts.
// 16 bytes are beyond guessing.
var seal = func() (key [16]byte) {
	_, _ = rand.Read(key[:]) // never fails: it ends the process instead
	return key
}()

// WithDefect returns a filter that stands for a frame which could not be decoded. The
// service counts it like any other filter and answers with this refusal, so that both
// sides go on numbering alike. It is understood in this process alone.
func WithDefect(refusal *loggerv1.Rejected) (*loggerv1.LogFilter, error) {
	body, err := proto.Marshal(refusal)
	if err != nil {
		return nil, fmt.Errorf("frame: %w", err)
	}
	hidden := protowire.AppendTag(nil, fieldDefect, protowire.BytesType)
	f := &loggerv1.LogFilter{}
	f.ProtoReflect().SetUnknown(protowire.AppendBytes(hidden, append(seal[:], body...)))
	return f, nil
}

// sealed returns what stands behind the seal. ok is false for what has not come from
// WithDefect in this process.
func sealed(body []byte) (refusal []byte, ok bool) {
	if len(body) < len(seal) || subtle.ConstantTimeCompare(body[:len(seal)], seal[:]) == 0 {
		return nil, false
	}
	return body[len(seal):], true
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
		body, _ := protowire.ConsumeBytes(unknown[n:]) // nil if it is malformed
		if body, ok := sealed(body); ok {
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
