package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	grpcgzip "google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/status"

	"github.com/seed-2f16ea30/logsieve/test/e2e/bomb"
)

// bombMemory is by how much the server's memory may grow over four bombs. It grows by 110
// MiB, since it inflates each up to the limit of 20 MiB; with the race detector's shadow by
// 400 MiB. Inflating one whole bomb would take more than is allowed.
const bombMemory = 800 << 20

// TestBombs sends gzip that expands to a gigabyte, over every way in that takes gzip.
func TestBombs(t *testing.T) {
	t.Parallel()
	n := newNeighbours(t)
	body, err := bomb.Gzip(bomb.Gigabyte)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the bomb has %d bytes", len(body))

	n.server.ResetPeakMemory(t)
	before := n.server.PeakMemory(t)
	began := time.Now()
	for _, r := range []request{
		{name: "POST /logs", method: http.MethodPost, path: "http://" + n.server.HTTP + "/logs", contentType: "application/x-ndjson"},
		{name: "OTLP protobuf", method: http.MethodPost, path: "http://" + n.server.OTLPHTTP + "/v1/logs", contentType: "application/x-protobuf"},
		{name: "OTLP JSON", method: http.MethodPost, path: "http://" + n.server.OTLPHTTP + "/v1/logs", contentType: "application/json"},
	} {
		r.encoding, r.body, r.status = "gzip", string(body), http.StatusRequestEntityTooLarge
		r.says = []string{"20"} // MiB, the limit
		r.send(t, "")
	}
	grpcBomb(t, n)
	grown := n.server.PeakMemory(t) - before
	t.Logf("four bombs took %v, and %d MiB beyond %d MiB", time.Since(began).Round(time.Millisecond), grown>>20, before>>20)
	if grown > bombMemory {
		t.Errorf("the server's memory grew by %d bytes, want at most %d", grown, bombMemory)
	}
	n.check(t)
}

// grpcBomb sends 100 MB that compress well: more the client's own memory should not bear.
func grpcBomb(t *testing.T, n *neighbours) {
	t.Helper()
	logs := plog.NewLogs()
	record := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	record.Body().SetStr(strings.Repeat("0", 100<<20))
	exporter := plogotlp.NewGRPCClient(dialBare(t, n.server.OTLPGRPC))
	_, err := exporter.Export(t.Context(), plogotlp.NewExportRequestFromLogs(logs), grpc.UseCompressor(grpcgzip.Name))
	if status.Code(err) != codes.ResourceExhausted {
		t.Errorf("OTLP/gRPC: got %v, want RESOURCE_EXHAUSTED", err)
	}
}
