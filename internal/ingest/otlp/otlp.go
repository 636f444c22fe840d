// Package otlp takes logs in by OpenTelemetry's protocol, over gRPC and over HTTP.
//
// A request is answered only when the store has its records. Records that cannot be
// stored as they are, with a time that nanoseconds do not hold for instance, are counted
// and told as a partial success; the others are kept. When the store cannot take more,
// the sender is told to come back later, in the way that each transport has for it, and
// none of the request is stored.
//
// What becomes of a record:
//
//   - service.name and host.name of the resource become service and host; its other
//     attributes, those of the scope (as otel.scope.…) and those of the record become
//     attributes. Of two with one name the record's stays, then the resource's.
//   - A body that is text becomes the message, any other body its JSON text.
//   - Maps are flattened, their names joined with dots; an array becomes JSON text,
//     bytes become base64, and a value that is not set is left out.
//   - The severity is its number or, where that is 0, what the severity text means; a
//     text that means nothing is kept as the attribute severity_text.
//   - The event name becomes the attribute event.name.
//
// A request is decoded straight into entries, and not by way of pdata's structures. Those
// alone take as long to make as the entries (0.7 µs a record) and four times the
// allocations. And they let a request of 20 MiB grow to gigabytes of empty records, or to a
// stack so deep that it ends the process, before any limit can be checked.
package otlp

import (
	"context"
	"log/slog"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/inflate"
)

// Sink is where entries go.
type Sink interface {
	// Append stores all the entries or none, and returns once they are stored.
	Append(ctx context.Context, entries []*entry.Entry) error
}

// Receiver takes requests in, over both transports. It is safe for concurrent use.
type Receiver struct {
	sink   Sink
	limits inflate.Limits
	logger *slog.Logger
}

// NewReceiver returns a Receiver that hands entries to sink. limits bound the body of a
// request over HTTP; over gRPC the server's own limit holds, see [Receiver.Register].
func NewReceiver(sink Sink, limits inflate.Limits, logger *slog.Logger) *Receiver {
	return &Receiver{sink: sink, limits: limits, logger: logger}
}

// retryAfter is how long a sender that was turned away is asked to wait. A full disk does
// not empty within a second, and senders keep a few thousand records meanwhile.
const retryAfter = 5 * time.Second
