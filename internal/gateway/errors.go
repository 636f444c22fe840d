package gateway

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/seed-2f16ea30/logsieve/internal/fault"
)

// httpError is an error of the edge itself, told like those of the service.
type httpError struct {
	code                  codes.Code
	reason, message, hint string
	// status is the HTTP status where the code alone does not give it.
	status int
}

func (e *httpError) Error() string {
	if e.hint == "" {
		return e.message
	}
	return e.message + " (" + e.hint + ")"
}

// GRPCStatus makes it an error that package status understands.
func (e *httpError) GRPCStatus() *status.Status {
	st, _ := fault.Status(&fault.Problem{Code: e.code, Reason: e.reason, Message: e.message, Hint: e.hint})
	return st
}

// invalid is a request that must be sent differently.
func invalid(reason, message, hint string) *httpError {
	return &httpError{code: codes.InvalidArgument, reason: reason, message: message, hint: hint}
}

// errStopping is the cause with which Shutdown cancels streams.
var errStopping = &httpError{
	code: codes.Unavailable, reason: "STOPPING",
	message: "the server is being stopped", hint: "come back in a moment, with the last cursor",
}

// statusOf returns the status of an error. cause is that of the request's context: the
// service only sees that the call was cancelled, the edge knows by whom.
func statusOf(ctx context.Context, err error) *status.Status {
	if cause, ok := errors.AsType[*httpError](context.Cause(ctx)); ok {
		return cause.GRPCStatus()
	}
	if st, ok := status.FromError(err); ok {
		return st
	}
	st, _ := fault.Status(err)
	return st
}

// writeError answers a request with a google.rpc.Status in JSON and its HTTP status.
func writeError(w http.ResponseWriter, err error) {
	st := statusOf(context.Background(), err)
	code := runtime.HTTPStatusFromCode(st.Code())
	if e, ok := errors.AsType[*httpError](err); ok && e.status != 0 {
		code = e.status
	}
	for _, d := range st.Details() {
		if retry, ok := d.(*errdetails.RetryInfo); ok {
			seconds := math.Ceil(retry.GetRetryDelay().AsDuration().Seconds())
			w.Header().Set("Retry-After", strconv.Itoa(int(seconds)))
		}
	}
	if st.Code() == codes.Unauthenticated {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	body, merr := marshalWhole(st.Proto())
	if merr != nil {
		// A detail of a type that is not linked in: the sentence is what matters.
		body, _ = marshalWhole(status.New(st.Code(), st.Message()).Proto())
	}
	w.Header().Set("Content-Type", marshaler{}.ContentType(nil))
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Del("Content-Length")
	w.WriteHeader(code)
	_, _ = w.Write(append(body, '\n')) // whoever does not read it is gone
}

func notFound(w http.ResponseWriter, r *http.Request) {
	writeError(w, &httpError{
		code: codes.NotFound, reason: "NO_SUCH_PATH",
		message: fmt.Sprintf("there is nothing at %s", r.URL.Path),
		hint:    "the methods are at " + strings.Join([]string{pathMonitor, pathTail, pathEntries, pathFields}, ", "),
	})
}

// methodNotAllowed names the methods that a path has; chi tells them to none but its own
// handler.
func methodNotAllowed(routes chi.Routes) http.HandlerFunc {
	methods := []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}
	return func(w http.ResponseWriter, r *http.Request) {
		allowed := slices.DeleteFunc(slices.Clone(methods), func(m string) bool {
			return !routes.Match(chi.NewRouteContext(), m, r.URL.Path)
		})
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		writeError(w, &httpError{
			code: codes.Unimplemented, reason: "METHOD_NOT_ALLOWED", status: http.StatusMethodNotAllowed,
			message: fmt.Sprintf("%s has no method %s", r.URL.Path, r.Method),
			hint:    "it has " + strings.Join(allowed, ", "),
		})
	}
}
