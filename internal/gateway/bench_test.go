package gateway_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/tmc/grpc-websocket-proxy/wsproxy"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/types/known/timestamppb"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/frame"
	"github.com/seed-2f16ea30/logsieve/internal/gateway"
)

// sample is an entry of about 250 bytes.
func sample() *loggerv1.LogEntry {
	return &loggerv1.LogEntry{
		Cursor: strings.Repeat("A", 24), Timestamp: timestamppb.New(time.Unix(1_700_000_000, 123_000_000)),
		ObservedTimestamp: timestamppb.New(time.Unix(1_700_000_000, 123_000_000)), Severity: loggerv1.Severity_INFO,
		SeverityNumber: 9, Service: "checkout", Host: "web-7", TraceId: strings.Repeat("ab", 16),
		Message:        "GET /api/v1/orders/8c1f 200 in 12.4 ms: 1,204 bytes to 203.0.113.77, cache miss on key orders:8c1f",
		Attributes:     map[string]string{"status": "200", "user_id": "42"},
		FilterRevision: 1,
	}
}

// line is the same entry as the service encodes it.
func line(tb testing.TB) []byte {
	tb.Helper()
	e, err := entry.FromProto(sample())
	if err != nil {
		tb.Fatal(err)
	}
	return append(e.AppendJSON([]byte(`{"result":`), []byte(sample().GetCursor()), 1), "}\n"...)
}

// firehose sends n entries in messages of batch frames each, one message an entry to a
// client that wants protobuf.
type firehose struct {
	loggerv1.UnimplementedLoggerServer

	n, batch int
	line     []byte
}

func (f *firehose) Monitor(s monitorStream) error {
	if err := s.SendHeader(nil); err != nil {
		return err
	}
	if _, err := s.Recv(); err != nil {
		return err
	}
	return f.run(s)
}

func (f *firehose) Tail(_ *loggerv1.LogFilter, s tailStream) error { return f.run(s) }

func (f *firehose) run(s interface {
	Context() context.Context
	Send(*loggerv1.LogEntry) error
	SendMsg(any) error
},
) error {
	if frame.Of(s.Context()) == frame.Protobuf {
		e := sample()
		for range f.n {
			if err := s.Send(e); err != nil {
				return err
			}
		}
		return nil
	}
	batch := bytes.Repeat(f.line, f.batch)
	for sent := 0; sent < f.n; sent += f.batch {
		data := mem.SliceBuffer(batch[:len(f.line)*min(f.batch, f.n-sent)])
		if err := s.SendMsg(&frame.Message{Data: mem.BufferSlice{data}}); err != nil {
			return err
		}
	}
	return nil
}

// cpu is the processor time that the process has used.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measure reports the processor time and the allocations of one frame, the client's part
// included: it does no more than read.
func measure(b *testing.B, deliver func(n int)) {
	b.Helper()
	b.ReportAllocs()
	b.ResetTimer()
	before := cpu(b)
	deliver(b.N)
	b.StopTimer()
	b.ReportMetric(float64(cpu(b)-before)/float64(b.N), "cpu-ns/frame")
}

// drain opens a WebSocket, sends a filter and reads to the end of the connection.
func drain(b *testing.B, url string) {
	b.Helper()
	conn, resp, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(url, "http")+"/logs/monitor", nil)
	if err != nil {
		b.Fatal(err)
	}
	_ = resp.Body.Close()
	defer conn.Close()
	if err := conn.WriteMessage(websocket.TextMessage, []byte("{}")); err != nil {
		b.Fatal(err)
	}
	drainSocket(b, conn.NetConn())
}

// drainSocket reads until the close frame, which is the only thing on the connection that ends
// with no frame of text behind it, and then hangs up.
func drainSocket(b *testing.B, c net.Conn) {
	b.Helper()
	p := make([]byte, 256<<10)
	for {
		n, err := c.Read(p)
		if err != nil {
			return
		}
		// 0x88 begins a close frame and is no ASCII, of which the frames consist.
		if i := bytes.LastIndexByte(p[:n], 0x88); i >= 0 && n-i < 8 {
			return
		}
	}
}

func BenchmarkDelivery(b *testing.B) {
	text := line(b)
	for _, batch := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("websocket/%d in a message", batch), func(b *testing.B) {
			f := &firehose{batch: batch, line: text}
			e := startBefore(b, gateway.Config{}, f)
			measure(b, func(n int) {
				f.n = n
				drain(b, e.url)
			})
		})
		b.Run(fmt.Sprintf("ndjson/%d in a message", batch), func(b *testing.B) {
			f := &firehose{batch: batch, line: text}
			e := startBefore(b, gateway.Config{}, f)
			measure(b, func(n int) {
				f.n = n
				resp := e.do("GET", "/logs/tail", "")
				if got, err := io.Copy(io.Discard, resp.Body); err != nil || got != int64(n*len(text)) {
					b.Errorf("%d bytes, %v", got, err)
				}
				_ = resp.Body.Close()
			})
		})
	}
	b.Run("raw gorilla", func(b *testing.B) { benchmarkGorilla(b, text) })
	b.Run("stock chain", benchmarkStock)
}

// benchmarkGorilla is a WebSocket server by hand: one WriteMessage a frame.
func benchmarkGorilla(b *testing.B, text []byte) {
	b.Helper()
	text = bytes.TrimSuffix(text, []byte("\n"))
	count := make(chan int, 1)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		upgrader := websocket.Upgrader{}
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			b.Error(err)
			return
		}
		defer conn.Close()
		for range <-count {
			if err := conn.WriteMessage(websocket.TextMessage, text); err != nil {
				b.Error(err)
				return
			}
		}
		_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), time.Now().Add(patience))
	}))
	defer web.Close()
	measure(b, func(n int) {
		count <- n
		drain(b, web.URL)
	})
}

// benchmarkStock is the gateway and the proxy as they come.
func benchmarkStock(b *testing.B) {
	b.Helper()
	f := &firehose{batch: 1}
	e := startBefore(b, gateway.Config{}, f)
	mux := runtime.NewServeMux()
	if err := loggerv1.RegisterLoggerHandlerClient(b.Context(), mux, e.client); err != nil {
		b.Fatal(err)
	}
	web := httptest.NewServer(wsproxy.WebsocketProxy(mux, wsproxy.WithLogger(quiet{})))
	defer web.Close()
	measure(b, func(n int) {
		f.n = n
		drain(b, web.URL)
	})
}

type quiet struct{}

func (quiet) Warnln(...any)  {}
func (quiet) Debugln(...any) {}
