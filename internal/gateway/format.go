package gateway

import (
	"context"
	"mime"
	"net/http"
	"strings"

	"github.com/seed-2f16ea30/logsieve/internal/frame"
)

// format is how the frames of a stream are written into an HTTP response.
type format struct {
	// subtype is the content-subtype in which the service is asked to send them.
	subtype string
	// mediaType is the response's Content-Type and the key of the marshaler.
	mediaType string
	// idle is what is written to a client that has got nothing for a while, so that
	// proxies keep the connection; empty where the format has nothing that means nothing.
	idle string
	// failure encloses the JSON of an error.
	failurePrefix, failureSuffix string
}

var (
	ndjson = &format{
		subtype: frame.SubtypeNDJSON, mediaType: "application/x-ndjson",
		failureSuffix: "\n",
	}
	sse = &format{
		subtype: frame.SubtypeSSE, mediaType: "text/event-stream",
		idle:          ": keep-alive\n\n",
		failurePrefix: "event: error\ndata: ", failureSuffix: "\n\n",
	}
)

// formatFor returns the format that a request wants: SSE if it says that it takes that,
// otherwise NDJSON.
func formatFor(r *http.Request) *format {
	for _, accept := range r.Header.Values("Accept") {
		for part := range strings.SplitSeq(accept, ",") {
			media, params, err := mime.ParseMediaType(part)
			if err == nil && media == sse.mediaType && params["q"] != "0" {
				return sse
			}
		}
	}
	return ndjson
}

type formatKey struct{}

func withFormat(ctx context.Context, f *format) context.Context {
	return context.WithValue(ctx, formatKey{}, f)
}

func formatOf(ctx context.Context) *format {
	if f, ok := ctx.Value(formatKey{}).(*format); ok {
		return f
	}
	return ndjson
}
