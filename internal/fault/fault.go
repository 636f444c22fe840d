// Package fault says how an error of any part of logsieve is told to a caller: one
// function, [Describe], from errors to codes, reasons and sentences, for gRPC statuses,
// HTTP errors and Rejected notices alike.
//
// Errors are told apart by their identity and type, never by their text. What is not
// known here becomes INTERNAL with a sentence that gives nothing away; the error itself
// belongs into the server's log.
package fault

import (
	"context"
	"errors"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// Domain is the domain of every ErrorInfo that logsieve sends.
const Domain = "logsieve"

// Problem is an error as a caller is told it.
type Problem struct {
	Code codes.Code
	// Reason is a constant in capitals, for programs.
	Reason string
	// Message is a sentence, for people; Hint says what would be right, or is empty.
	Message, Hint string
	// Place is where in a filter the mistake is; its zero value is nowhere.
	Place Place
	// RetryAfter is how long to wait before trying again. 0: trying again will not help.
	RetryAfter time.Duration
}

// Place is a range of bytes in a field of a filter.
type Place struct {
	Field        string
	Begin, End   int
	Line, Column int
}

// Error makes a Problem an error that Describe returns as it is.
func (p *Problem) Error() string {
	if p.Hint == "" {
		return p.Message
	}
	return p.Message + " (" + p.Hint + ")"
}

var _ error = (*Problem)(nil)

// Invalid returns a problem with a request: what is wrong in which field, and what would
// be right.
func Invalid(field, message, hint string) *Problem {
	return &Problem{
		Code: codes.InvalidArgument, Reason: "INVALID_FILTER",
		Message: message, Hint: hint, Place: Place{Field: field},
	}
}

// retrySoon is how long a caller is asked to wait before it tries again what a full disk
// or a restart kept from working.
const retrySoon = time.Second

// table holds the errors that are told apart by identity. The first match counts.
var table = []struct {
	err     error
	problem Problem
}{
	{store.ErrCursorMalformed, Problem{
		Code: codes.InvalidArgument, Reason: "INVALID_CURSOR",
		Hint: "send a cursor exactly as the server sent it, or begin with since or last",
	}},
	{store.ErrCursorEpoch, Problem{
		Code: codes.FailedPrecondition, Reason: "CURSOR_OF_ANOTHER_LOG",
		Hint: "begin again with since or last: positions of another log say nothing about this one",
	}},
	{store.ErrCursorScope, Problem{
		Code: codes.InvalidArgument, Reason: "CURSOR_OF_ANOTHER_SCOPE",
		Hint: "use the credential with which the cursor was received, or begin with since or last",
	}},
	{store.ErrCursorTooOld, Problem{
		Code: codes.OutOfRange, Reason: "CURSOR_TOO_OLD",
		Hint: "begin with since or last to read what is still retained",
	}},
	{store.ErrCursorAhead, Problem{
		Code: codes.OutOfRange, Reason: "CURSOR_AHEAD",
		Hint: "the log has lost its end, or was restored: begin with since or last",
	}},
	{store.ErrFull, Problem{
		Code: codes.ResourceExhausted, Reason: "STORE_FULL", RetryAfter: 5 * retrySoon,
		Hint: "make room on the server's disk, or lower store.max_size; nothing was stored",
	}},
	{store.ErrFailed, Problem{
		Code: codes.Unavailable, Reason: "STORE_FAILED", RetryAfter: 5 * retrySoon,
		Hint: "try again: the server goes on by itself as soon as its disk works",
	}},
	{store.ErrTooLarge, Problem{
		Code: codes.InvalidArgument, Reason: "BATCH_TOO_LARGE",
		Hint: "send smaller batches; nothing was stored",
	}},
	{store.ErrClosed, Problem{
		Code: codes.Unavailable, Reason: "STOPPING", RetryAfter: retrySoon,
		Message: "the server is being stopped", Hint: "try again",
	}},
	{context.DeadlineExceeded, Problem{
		Code: codes.DeadlineExceeded, Reason: "DEADLINE", Message: "the deadline of the call has passed",
	}},
	{context.Canceled, Problem{Code: codes.Canceled, Reason: "CANCELED", Message: "the call was cancelled"}},
}

// Describe returns how an error is told. known is false for an error that nothing is
// known of: its text must not leave the server.
func Describe(err error) (p Problem, known bool) {
	if problem, ok := errors.AsType[*Problem](err); ok {
		return *problem, true
	}
	if f, ok := errors.AsType[*filter.Error](err); ok {
		return Problem{
			Code: codes.InvalidArgument, Reason: filterReason(f), Message: f.Message, Hint: f.Hint,
			Place: Place{Field: f.Field, Begin: f.Begin, End: f.End, Line: f.Line, Column: f.Column},
		}, true
	}
	for i := range table {
		if errors.Is(err, table[i].err) {
			p = table[i].problem
			if p.Message == "" {
				p.Message = table[i].err.Error()
			}
			return p, true
		}
	}
	return Problem{
		Code: codes.Internal, Reason: "INTERNAL",
		Message: "the server failed: its log says why",
	}, false
}

func filterReason(f *filter.Error) string {
	if f.Field == "query" {
		return "INVALID_QUERY"
	}
	return "INVALID_FILTER"
}

// Status returns the gRPC status of an error, with an ErrorInfo, a RetryInfo where it
// makes sense to try again, and for a wrong filter a logger.v1.Rejected with the place of
// the mistake. A status error is returned as it is.
func Status(err error) (st *status.Status, known bool) {
	if err == nil {
		return nil, true
	}
	if st, ok := status.FromError(err); ok {
		return st, true
	}
	p, known := Describe(err)
	st = status.New(p.Code, p.Error())
	details := []protoadapt.MessageV1{
		protoadapt.MessageV1Of(&errdetails.ErrorInfo{Reason: p.Reason, Domain: Domain}),
	}
	if p.RetryAfter > 0 {
		details = append(details, protoadapt.MessageV1Of(
			&errdetails.RetryInfo{RetryDelay: durationpb.New(p.RetryAfter)}))
	}
	if p.Place.Field != "" {
		details = append(details, protoadapt.MessageV1Of(p.Rejected(0)))
	}
	if detailed, err := st.WithDetails(details...); err == nil {
		st = detailed
	}
	return st, known
}

// Rejected returns the problem as the notice that refuses a filter.
func (p *Problem) Rejected(revision uint32) *loggerv1.Rejected {
	return &loggerv1.Rejected{
		Revision: revision,
		Code:     int32(p.Code), //nolint:gosec // G115: codes are 0 to 16.
		Reason:   p.Reason,
		Message:  p.Message,
		Hint:     p.Hint,
		Field:    p.Place.Field,
		Begin:    unsigned(p.Place.Begin),
		End:      unsigned(p.Place.End),
		Line:     unsigned(p.Place.Line),
		Column:   unsigned(p.Place.Column),
	}
}

// FromRejected returns the problem that a refusal of the HTTP edge tells.
func FromRejected(r *loggerv1.Rejected) *Problem {
	return &Problem{
		Code: codes.Code(r.GetCode()), Reason: r.GetReason(), Message: r.GetMessage(), Hint: r.GetHint(), //nolint:gosec // G115: our own code.
		Place: Place{
			Field: r.GetField(), Begin: int(r.GetBegin()), End: int(r.GetEnd()),
			Line: int(r.GetLine()), Column: int(r.GetColumn()),
		},
	}
}

// unsigned returns n, which is never below 0, as the contract has it.
func unsigned(n int) uint32 { return uint32(max(n, 0)) } //nolint:gosec // G115: places lie within a filter of a few kilobytes.
