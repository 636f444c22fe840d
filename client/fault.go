package client

import (
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// transient tells whether it makes sense to open a stream again that ended with this
// error, and how long the server asks to wait before that.
//
// INTERNAL and UNKNOWN are not among the transient ones: they are mistakes, ours or the
// server's, which the next attempt would make again, for ever.
func transient(err error) (wait time.Duration, ok bool) {
	st := status.Convert(err)
	for _, detail := range st.Details() {
		if retry, is := detail.(*errdetails.RetryInfo); is {
			wait, ok = max(retry.GetRetryDelay().AsDuration(), 0), true
		}
	}
	switch st.Code() {
	case codes.Unavailable, codes.Aborted:
		return wait, true
	case codes.ResourceExhausted:
		return wait, ok
	default:
		return 0, false
	}
}

// isExpired tells whether a stream has ended because its credential was good no longer.
// The next one may be: it is worth one attempt, whose UNAUTHENTICATED no goodbye precedes.
func isExpired(g *loggerv1.Goodbye, err error) bool {
	return g.GetReason() == loggerv1.GoodbyeReason_CREDENTIAL_EXPIRED && status.Code(err) == codes.Unauthenticated
}
