package client

import (
	"context"
	"errors"
	"io"
	"iter"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// Tail returns the entries that match one filter, and notices, as a stream with that
// filter would: see [Stream.Recv]. The stream is opened when the loop begins and closed
// when it ends. An error is the last thing that the loop gets, with a nil entry; a quiet
// end has none. Done with, leave the loop, or cancel ctx, whose cause is the error then.
func (c *Client) Tail(ctx context.Context, filter *loggerv1.LogFilter) iter.Seq2[*loggerv1.LogEntry, error] {
	return func(yield func(*loggerv1.LogEntry, error) bool) {
		stream, err := c.Monitor(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = stream.Close() }() // returns nil
		if err := stream.Send(filter); err != nil {
			yield(nil, err)
			return
		}
		for {
			e, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}
