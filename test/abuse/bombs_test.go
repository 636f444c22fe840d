package abuse

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"

	"github.com/seed-2f16ea30/logsieve/test/e2e/bomb"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// TestBombs sends a gigabyte, packed by gzip, to every way in that takes gzip.
func TestBombs(t *testing.T) {
	attack{
		order: 60, name: "gzip of 1 GiB", expected: "413 or RESOURCE_EXHAUSTED, or cut off while it is still being sent",
		growth: 400 << 20, // each is unpacked up to ingest.decoded_size, over gRPC several at a time
		run: func(t *testing.T, s *server.Server) (string, string) {
			t.Helper()
			body, err := bomb.Gzip(bomb.Gigabyte)
			must(t, err)
			liar := binary.LittleEndian.AppendUint32(body[:len(body)-4:len(body)-4], 1000) // says that it is small
			var got tally
			each(t, scale(2, 20)*len(bombs), func(n int) error {
				if n/len(bombs)%2 == 0 {
					return bombs[n%len(bombs)].drop(t.Context(), s, body, &got)
				}
				return bombs[n%len(bombs)].drop(t.Context(), s, liar, &got)
			})
			return fmt.Sprint(got.total()), got.String()
		},
	}.launch(t)
}

// target is a way in that takes gzip.
type target struct {
	name, contentType string
	url               func(s *server.Server) string
	// grpc tells that it is gRPC: what is sent is one message.
	grpc bool
	want string
}

var bombs = []target{
	{name: "POST /logs", contentType: "application/x-ndjson", url: logsURL, want: "413"},
	{name: "POST /logs", contentType: "application/json", url: logsURL, want: "413"},
	{name: "OTLP/HTTP", contentType: "application/x-protobuf", url: otlpURL, want: "413"},
	{name: "OTLP/HTTP", contentType: "application/json", url: otlpURL, want: "413"},
	{
		name: "OTLP/gRPC", grpc: true, want: "grpc-status 8",
		url: func(s *server.Server) string {
			return "http://" + s.OTLPGRPC + "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
		},
	},
	{
		name: "WriteEntries", grpc: true, want: "grpc-status 8",
		url: func(s *server.Server) string { return "http://" + s.GRPC + "/logger.v1.Logger/WriteEntries" },
	},
	{
		name: "Monitor", grpc: true, want: "grpc-status 8",
		url: func(s *server.Server) string { return "http://" + s.GRPC + "/logger.v1.Logger/Monitor" },
	},
}

func logsURL(s *server.Server) string { return "http://" + s.HTTP + "/logs" }
func otlpURL(s *server.Server) string { return "http://" + s.OTLPHTTP + "/v1/logs" }

// drop sends a bomb and counts the answer.
func (b target) drop(ctx context.Context, s *server.Server, body []byte, got *tally) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, b.url(s), bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", b.contentType)
	request.Header.Set("Content-Encoding", "gzip")
	var transport http.RoundTripper = &http.Transport{DisableKeepAlives: true}
	if b.grpc {
		packed := append([]byte{1}, binary.BigEndian.AppendUint32(nil, uint32(len(body)))...)
		request.Body = io.NopCloser(bytes.NewReader(append(packed, body...)))
		request.ContentLength = -1
		request.Header = http.Header{"Content-Type": {"application/grpc"}, "Te": {"trailers"}, "Grpc-Encoding": {"gzip"}}
		own, hangUp := plainHTTP2()
		defer hangUp()
		transport = own
	}
	response, err := transport.RoundTrip(request)
	if errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		got.add(cutOff)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", b.name, err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	_, _ = io.Copy(io.Discard, response.Body)
	answer := fmt.Sprint(response.StatusCode)
	if b.grpc {
		answer = "grpc-status " + response.Trailer.Get("Grpc-Status") + response.Header.Get("Grpc-Status")
	}
	if answer != b.want {
		return fmt.Errorf("%s, %s: answered with %s, want %s", b.name, b.contentType, answer, b.want)
	}
	got.add(answer)
	return nil
}

// plainHTTP2 speaks HTTP/2 without TLS, on one connection, and hangs up when it is told to,
// also when something is still being sent.
func plainHTTP2() (own *http.Transport, hangUp func()) {
	var conn net.Conn
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	own = &http.Transport{
		Protocols: protocols,
		DialContext: func(ctx context.Context, network, address string) (c net.Conn, err error) {
			conn, err = (&net.Dialer{}).DialContext(ctx, network, address)
			return conn, err
		},
	}
	return own, func() {
		if conn != nil {
			_ = conn.Close() // the server may have been faster
		}
	}
}
