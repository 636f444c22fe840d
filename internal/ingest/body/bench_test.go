package body_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/ingest/body"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/inflate"
)

// BenchmarkDecode measures a body of JSON, one entry a line, from its text to messages.
func BenchmarkDecode(b *testing.B) {
	const n = 500
	var text bytes.Buffer
	for i := range n {
		fmt.Fprintf(&text, `{"timestamp":"2026-11-21T12:00:00.%06dZ","severity":"INFO","service":"checkout","host":"host-%02d.eu-west.example",`+
			`"message":"request %d finished after %d ms","attributes":{"http.request.method":"GET","http.response.status_code":"200"},`+
			`"trace_id":"%032x","span_id":"%016x"}`+"\n", i, i%37, i, i*7919%1500, i+1, i+1)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		batch, err := body.Decode(bytes.NewReader(text.Bytes()), "application/x-ndjson", "", inflate.Limits{Wire: 1 << 20, Decoded: 1 << 20})
		if err != nil || len(batch.Entries) != n {
			b.Fatal(len(batch.Rejected), err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/entry")
}
