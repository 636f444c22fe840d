package watch

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/streamguard"
)

// Go watches with the Go client of this repository. While that may reconnect, its stream
// outlives the server.
func Go(tb testing.TB, address string, first *loggerv1.LogFilter, options ...client.Option) *Watcher {
	tb.Helper()
	return start(tb, "Go", first, func(tb testing.TB, r *record, first *loggerv1.LogFilter) conn {
		tb.Helper()
		return dialGo(tb, r, address, first, options)
	})
}

// goConn is a stream of the Go client.
type goConn struct {
	client *client.Client
	stream *client.Stream
	ended  chan struct{} // closed when the receiver has ended
	once   sync.Once
	// closing is set when the end of the stream is our own doing.
	closing atomic.Bool
	// reading is held while the stream is not to be read on.
	reading sync.Mutex
}

func dialGo(tb testing.TB, r *record, address string, first *loggerv1.LogFilter, options []client.Option) *goConn {
	tb.Helper()
	violations := &streamguard.Log{}
	guard := client.WithDialOption(grpc.WithChainStreamInterceptor(streamguard.Client(violations.Add)))
	c, err := client.Dial(address, append([]client.Option{guard}, options...)...)
	if err != nil {
		tb.Fatal(err)
	}
	// The context of a test ends before its cleanup, where close is to end the stream.
	stream, err := c.Monitor(context.WithoutCancel(tb.Context()))
	if err != nil {
		tb.Fatal(errors.Join(err, c.Close()))
	}
	g := &goConn{client: c, stream: stream, ended: make(chan struct{})}
	go g.receive(r)
	tb.Cleanup(func() {
		if err := g.close(); err != nil {
			tb.Error(err)
		}
		violations.Check(tb)
	})
	if err := g.send(first); err != nil {
		tb.Fatal(err)
	}
	return g
}

func (g *goConn) receive(r *record) {
	defer close(g.ended)
	for {
		m, err := g.stream.Recv()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			if st := status.Convert(err); !g.closing.Load() {
				r.grpcEnd(st.Code(), st.Message())
			}
			return
		}
		g.reading.Lock() // waits while it is stalled
		r.received(m)
		g.reading.Unlock()
	}
}

func (g *goConn) send(f *loggerv1.LogFilter) error { return g.stream.Send(f) }

func (g *goConn) stall() (release func()) {
	g.reading.Lock()
	return sync.OnceFunc(g.reading.Unlock)
}

func (g *goConn) halfClose() error { return g.stream.CloseSend() }

func (g *goConn) close() (err error) {
	g.once.Do(func() {
		g.closing.Store(true)
		err = errors.Join(g.stream.Close(), g.client.Close())
		<-g.ended
	})
	return err
}
