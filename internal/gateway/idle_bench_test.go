package gateway_test

import (
	"bufio"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/gateway"
)

// BenchmarkIdle reports what a WebSocket that is open and has nothing to do costs: heap
// and stacks, the client's own socket and one small buffer included.
func BenchmarkIdle(b *testing.B) {
	const conns = 500
	e := start(b, gateway.Config{})
	for b.Loop() {
		before, goroutines := held(), runtime.NumGoroutine()
		open := make([]net.Conn, 0, conns)
		for range conns {
			open = append(open, idle(b, e))
		}
		b.ReportMetric(float64(held()-before)/conns, "B/conn")
		b.ReportMetric(float64(runtime.NumGoroutine()-goroutines)/conns, "goroutines/conn")
		for _, c := range open {
			_ = c.Close()
		}
	}
}

// held is the memory in use after a collection.
func held() int64 {
	runtime.GC()
	runtime.GC() // what pools held at the first goes with the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// idle opens a WebSocket and returns when its filter is in force.
func idle(b *testing.B, e *edge) net.Conn {
	b.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(e.url, "http://"))
	if err != nil {
		b.Fatal(err)
	}
	_, err = c.Write([]byte("GET /logs/monitor?notices=true HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"))
	if err != nil {
		b.Fatal(err)
	}
	r := bufio.NewReaderSize(c, 512)
	resp, err := http.ReadResponse(r, nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		b.Fatalf("%v, %v", resp, err)
	}
	_ = resp.Body.Close()
	for seen := ""; !strings.Contains(seen, "caught_up"); {
		p := make([]byte, 512)
		n, err := r.Read(p)
		if err != nil {
			b.Fatal(err)
		}
		seen += string(p[:n])
	}
	return c
}
