package gateway

import (
	"context"
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// newMux returns the mux of the generated handlers, set up so that it hands frames
// through, says what failed in our form, and passes nothing from a client to the service
// but what it is meant to.
func newMux() *runtime.ServeMux {
	return runtime.NewServeMux(
		runtime.WithMarshalerOption(runtime.MIMEWildcard, marshaler{ndjson}),
		runtime.WithMarshalerOption(ndjson.mediaType, marshaler{ndjson}),
		runtime.WithMarshalerOption(sse.mediaType, marshaler{sse}),
		runtime.WithForwardResponseRewriter(handThrough),
		runtime.WithForwardResponseOption(flushEarly),
		runtime.WithErrorHandler(answerError),
		runtime.WithStreamErrorHandler(lastError),
		// net/http frames the body itself, and in HTTP/2 the header would be a mistake.
		runtime.WithDisableChunkedEncoding(),
		runtime.WithDisableHTTPMethodOverride(),
		runtime.WithDisablePathLengthFallback(),
		runtime.WithIncomingHeaderMatcher(incomingHeader),
		runtime.WithOutgoingHeaderMatcher(noHeader),
		runtime.WithOutgoingTrailerMatcher(noHeader),
	)
}

// handThrough lets the gateway write the frames that a message carries as they are.
func handThrough(_ context.Context, m proto.Message) (any, error) {
	if data, ok := carried(m); ok {
		return &httpbody.HttpBody{Data: data}, nil
	}
	return m, nil
}

// starter is a response whose headers can be sent before there is a body.
type starter interface{ start() error }

// flushEarly sends the headers of a stream before its first entry, which may be hours
// away: until then neither curl nor an EventSource would say that it is connected. m is
// nil at that time alone.
func flushEarly(_ context.Context, w http.ResponseWriter, m proto.Message) error {
	if s, ok := w.(starter); ok && m == nil {
		return s.start()
	}
	return nil
}

// answerError answers a call that failed before its answer began.
func answerError(ctx context.Context, mux *runtime.ServeMux, m runtime.Marshaler, w http.ResponseWriter, r *http.Request, err error) {
	st := statusOf(ctx, err)
	if s := sessionOf(ctx); s != nil {
		s.fail(st)
		// There is no HTTP status any more: the error is a frame.
		runtime.HTTPStreamError(ctx, mux, m, w, r, st.Err())
		return
	}
	writeError(w, st.Err())
}

// lastError returns what the last frame of a stream says.
func lastError(ctx context.Context, err error) *status.Status {
	st := statusOf(ctx, err)
	if s := sessionOf(ctx); s != nil {
		s.fail(st)
	}
	return st
}

// incomingHeader lets through what a trace needs. The authorization header is the
// gateway's own business; cookies and Grpc-Metadata-* would let a client write metadata
// that interceptors take for the edge's.
func incomingHeader(name string) (string, bool) {
	switch name {
	case "Traceparent", "Tracestate":
		return name, true
	case "User-Agent":
		// The plain name is gRPC's own and says "grpc-go".
		return "x-user-agent", true
	default:
		return "", false
	}
}

// forwardedBytes is how much of a header the service is passed: room for the 512 bytes that
// every part of a trace must pass on, and for what browsers call themselves. All of them are
// far below the 16 KiB of headers that the service takes, where a call with more fails.
const forwardedBytes = 2 << 10

// dropLong leaves out what would be passed on of a request, header by header, where it is too
// long. That is hearsay: no reason to refuse a request.
func dropLong(next http.Handler) http.Handler {
	const entryBytes = 64 // what HTTP/2 counts for each value beside it, and its name
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"Traceparent", "Tracestate", "User-Agent"} {
			size := 0
			for _, value := range r.Header[name] {
				size += entryBytes + len(value)
			}
			if size > forwardedBytes {
				r.Header.Del(name)
			}
		}
		if len(r.Host) > forwardedBytes { // the gateway passes it on by itself
			r.Host = ""
		}
		next.ServeHTTP(w, r)
	})
}

func noHeader(string) (string, bool) { return "", false }
