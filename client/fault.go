package client

import (
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
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
