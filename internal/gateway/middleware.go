package gateway

import (
	"errors"
	"net/http"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// recover makes a panic the failure of one request.
func (g *Gateway) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tracked := &tracker{ResponseWriter: w}
		defer func() {
			cause := recover()
			err, _ := cause.(error)
			aborted := errors.Is(err, http.ErrAbortHandler)
			if cause != nil && !aborted {
				g.panicked(r, cause)
			}
			switch {
			case cause == nil:
			case aborted || tracked.begun:
				// The answer cannot be taken back. The client must not take it for whole.
				panic(http.ErrAbortHandler) //nolint:forbidigo // net/http's way to break a connection off; it recovers this one.
			default:
				writeError(w, status.Error(codes.Internal, "the server failed: its log says why"))
			}
		}()
		next.ServeHTTP(tracked, r)
	})
}

// tracker is a response that remembers whether it has begun.
type tracker struct {
	http.ResponseWriter

	begun bool
}

func (t *tracker) WriteHeader(code int) {
	t.begun = true
	t.ResponseWriter.WriteHeader(code)
}

func (t *tracker) Write(p []byte) (int, error) {
	t.begun = true
	return t.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController flush, hijack and set deadlines.
func (t *tracker) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// errorFrame is what the last frame of a stream that failed encodes.
func errorFrame(st *status.Status) map[string]proto.Message {
	return map[string]proto.Message{"error": st.Proto()}
}
