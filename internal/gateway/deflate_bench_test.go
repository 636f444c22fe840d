package gateway_test

import (
	"bytes"
	"compress/flate"
	"fmt"
	"runtime"
	"testing"
)

// tailFrames returns frames as a WebSocket sends them: log lines of a web shop.
func tailFrames(n int) (all [][]byte) {
	services := []string{"cart", "checkout", "payment", "search", "catalogue", "shipping", "users", "gateway"}
	for i := range n {
		all = append(all, fmt.Appendf(nil, `{"result":{"cursor":"AQ%022x","filter_revision":1,"timestamp":"2026-11-21T14:%02d:%02d.%09dZ",`+
			`"observed_timestamp":"2026-11-21T14:00:00.%09dZ","severity":"INFO","severity_number":9,"service":%q,"host":"node-%d",`+
			`"message":"GET /api/v1/orders/%d answered with 200 in %d ms","attributes":{"http.method":"GET","http.status_code":"200",`+
			`"user.id":"%d","region":"eu-west-%d"},"trace_id":"%032x"}}`,
			i*7919, i/60%60, i%60, i*104729, i*15485863, services[i%len(services)], i%12, i*31, i%900, i*17, i%3, i*2654435761))
	}
	return all
}

// BenchmarkDeflate is what permessage-deflate would cost a frame, in processor time, and
// save, in bytes: with a window of its own for each connection (context takeover), and
// without, where a compressor can be shared. It is what the decision against it stands on.
func BenchmarkDeflate(b *testing.B) {
	frames := tailFrames(4096)
	for _, takeover := range []bool{false, true} {
		b.Run(fmt.Sprintf("takeover=%t", takeover), func(b *testing.B) {
			var out bytes.Buffer
			w, err := flate.NewWriter(&out, flate.BestSpeed)
			if err != nil {
				b.Fatal(err)
			}
			sent, plain := 0, 0
			before := cpu(b)
			for i := 0; b.Loop(); i++ {
				out.Reset()
				if !takeover {
					w.Reset(&out)
				}
				frame := frames[i%len(frames)]
				if _, err := w.Write(frame); err != nil {
					b.Fatal(err)
				}
				if err := w.Flush(); err != nil {
					b.Fatal(err)
				}
				sent, plain = sent+out.Len(), plain+len(frame)
			}
			b.ReportMetric(float64(sent)/float64(plain), "sent/plain")
			b.ReportMetric(float64(cpu(b)-before)/float64(b.N), "cpu-ns/frame")
		})
	}
}

// BenchmarkDeflateMemory is what a window costs a connection.
func BenchmarkDeflateMemory(b *testing.B) {
	frames := tailFrames(64)
	const connections = 100
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		writers := make([]*flate.Writer, connections)
		for i := range writers {
			w, err := flate.NewWriter(&bytes.Buffer{}, flate.BestSpeed)
			if err != nil {
				b.Fatal(err)
			}
			for _, f := range frames {
				if _, err := w.Write(f); err != nil {
					b.Fatal(err)
				}
			}
			writers[i] = w
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/connections/1024, "KiB/connection")
		runtime.KeepAlive(writers)
	}
}
