package client

import (
	"context"
	"time"

	"google.golang.org/grpc"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// link is one gRPC stream of a Stream, which has one after the other.
type link struct {
	grpc.BidiStreamingClient[loggerv1.LogFilter, loggerv1.LogEntry]

	cancel context.CancelFunc
	opened time.Time

	// Guarded by Stream.mu.
	sending  bool   // somebody is in Send or CloseSend
	sent     uint32 // how many filters were sent
	resumed  bool   // the first filter was sent before, on another link
	answered bool   // the first filter was answered
	half     bool   // CloseSend was called
	broken   bool   // Send failed: Recv will say why

	// Owned by whoever receives.
	alive    bool              // something was received
	goodbye  *loggerv1.Goodbye // the server is about to end the stream, to be resumed
	caughtUp bool              // caught_up was received
}

// open opens a gRPC stream. It blocks until the connection is there or cannot be made.
func (c *Client) open(ctx context.Context) (*link, error) {
	ctx, cancel := context.WithCancel(ctx)
	stream, err := c.logger.Monitor(ctx)
	if err != nil {
		cancel()
		return nil, err
	}
	return &link{BidiStreamingClient: stream, cancel: cancel, opened: time.Now()}, nil
}

// release ends the gRPC stream and waits until the transport has let go of it. Nobody else
// may be receiving.
func (l *link) release() {
	l.cancel()
	for {
		if _, err := l.Recv(); err != nil {
			return
		}
	}
}
