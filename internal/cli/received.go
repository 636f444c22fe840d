package cli

import (
	"errors"
	"io"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// received is what a stream delivers, in order, up to and including its error; a quiet end
// has none.
type received chan delivery

type delivery struct {
	entry *loggerv1.LogEntry
	err   error
}

// receivedAhead bounds the entries received and not yet printed: enough to keep both
// goroutines busy, little beside what the transport holds.
const receivedAhead = 256

// receive receives on a goroutine that ends when the stream has ended and the channel is
// drained.
func receive(stream *client.Stream) received {
	ch := make(received, receivedAhead)
	go func() {
		defer close(ch)
		for {
			e, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				return
			}
			ch <- delivery{entry: e, err: err}
			if err != nil {
				return
			}
		}
	}()
	return ch
}

// next returns the next delivery. It flushes the output only when it has to wait, so that
// a replay is not written line by line, and a live entry is seen at once.
func (r received) next(out *output) (d delivery, ok bool, err error) {
	select {
	case d, ok = <-r:
	default:
		if err := out.flush(); err != nil {
			return d, false, err
		}
		d, ok = <-r
	}
	return d, ok, nil
}
