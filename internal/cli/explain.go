package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/termtext"
)

// describe returns an error with its explanation, and an interruption as it is: that is
// for report to tell from an error.
func describe(err error, query string) error {
	if errors.Is(err, context.Canceled) || status.Code(err) == codes.Canceled {
		return fmt.Errorf("%w: %w", context.Canceled, err)
	}
	return explain(err, query)
}

// explain turns an error into what a person is told, and the exit code. query is the
// expression that was sent, to point into.
func explain(err error, query string) *failure {
	if f := (*failure)(nil); errors.As(err, &f) {
		return f
	}
	st, ok := status.FromError(err)
	if !ok {
		return &failure{exitFailed, err.Error()}
	}
	refused, told := details(st)
	switch st.Code() {
	case codes.Unauthenticated, codes.PermissionDenied:
		return &failure{exitNotAllowed, "not allowed: " + st.Message() + "\nA token is given with --token-file, or in LOGSIEVE_TOKEN."}
	case codes.InvalidArgument, codes.OutOfRange, codes.FailedPrecondition:
		if refused != nil {
			return &failure{exitUsage, describeRefusal(refused, query)}
		}
		return &failure{exitUsage, st.Message()}
	case codes.Unavailable:
		if !told {
			return &failure{exitNoServer, "cannot connect: " + dialReason(st.Message()) +
				"\nIs the server running? Start one with: logsieve serve\nName another one with --server or LOGSIEVE_SERVER."}
		}
	case codes.Unimplemented:
		return &failure{exitFailed, "the server does not know this method: is it a logsieve of this version? " + st.Message()}
	default: // the server's sentence is all that there is to say
	}
	return &failure{exitFailed, st.Message()}
}

// details returns the refusal of a filter, if there is one, and whether it was logsieve
// that sent the status, rather than gRPC itself.
func details(st *status.Status) (refused *loggerv1.Rejected, told bool) {
	for _, detail := range st.Details() {
		switch d := detail.(type) {
		case *loggerv1.Rejected:
			refused = d
		case *errdetails.ErrorInfo:
			told = true
		}
	}
	return refused, told
}

// dialReason takes the part that says something out of gRPC's sentence about a connection.
func dialReason(message string) string {
	for _, before := range []string{"Error while dialing: ", "desc = "} {
		if _, reason, ok := strings.Cut(message, before); ok {
			return strings.Trim(strings.TrimPrefix(reason, "dial "), `"`)
		}
	}
	return message
}

// describeRefusal says what is wrong with a filter, and points at it where it can.
func describeRefusal(r *loggerv1.Rejected, query string) string {
	var b strings.Builder
	switch {
	case r.GetField() == "query" && query != "" && int(r.GetEnd()) <= len(query) && r.GetBegin() <= r.GetEnd():
		fmt.Fprintf(&b, "bad filter: %s\n%s", r.GetMessage(), termtext.Underline(query, int(r.GetBegin()), int(r.GetEnd())))
	case r.GetField() != "":
		fmt.Fprintf(&b, "bad filter: %s: %s", r.GetField(), r.GetMessage())
	default:
		b.WriteString("bad filter: " + r.GetMessage())
	}
	if r.GetHint() != "" {
		b.WriteString("\nHint: " + r.GetHint())
	}
	return b.String()
}

// explainShort says in one line what went wrong.
func explainShort(err error) string {
	st, ok := status.FromError(err)
	if !ok {
		return err.Error()
	}
	return dialReason(st.Message())
}

// retryAfter returns when the server wants to be asked again, if it does: it has done
// nothing then.
func retryAfter(st *status.Status) (wait time.Duration, again bool) {
	for _, detail := range st.Details() {
		if retry, ok := detail.(*errdetails.RetryInfo); ok {
			return max(retry.GetRetryDelay().AsDuration(), minRetry), true
		}
	}
	return 0, false
}

// minRetry keeps a server that asks for no pause from being asked without one.
const minRetry = 100 * time.Millisecond
