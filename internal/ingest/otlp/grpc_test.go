package otlp_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/status"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/inflate"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/otlp"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// dial starts a real server on loopback and returns a client of it.
func dial(t *testing.T, sink otlp.Sink) plogotlp.GRPCClient {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	otlp.NewReceiver(sink, inflate.Limits{}, discard).Register(server)
	var served sync.WaitGroup
	served.Go(func() {
		if err := server.Serve(listener); err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
		server.Stop()
		served.Wait()
	})
	return plogotlp.NewGRPCClient(conn)
}

var ignoreEncodings = cmpopts.IgnoreUnexported(entry.Entry{})

func TestGRPC(t *testing.T) {
	for _, compressor := range []string{"", gzip.Name} {
		t.Run("compressor="+compressor, func(t *testing.T) {
			l := &log{}
			var opts []grpc.CallOption
			if compressor != "" {
				opts = append(opts, grpc.UseCompressor(compressor))
			}
			response, err := dial(t, newSink(l)).Export(t.Context(), sample(), opts...)
			if err != nil {
				t.Fatal(err)
			}
			if n := response.PartialSuccess().RejectedLogRecords(); n != 0 {
				t.Errorf("%d records rejected: %s", n, response.PartialSuccess().ErrorMessage())
			}
			if diff := cmp.Diff([]*entry.Entry{sampleEntry()}, l.take(), ignoreEncodings); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
		})
	}
}

func TestGRPCPartialSuccess(t *testing.T) {
	l := &log{}
	request := records(5)
	bad := request.Logs().ResourceLogs().At(0).ScopeLogs().At(0).LogRecords()
	bad.At(1).SetTimestamp(pcommon.Timestamp(1 << 63))
	bad.At(3).SetSeverityNumber(99)
	response, err := dial(t, newSink(l)).Export(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if got := response.PartialSuccess().RejectedLogRecords(); got != 2 {
		t.Errorf("%d records rejected, want 2", got)
	}
	if got := response.PartialSuccess().ErrorMessage(); !strings.Contains(got, "time_unix_nano") {
		t.Errorf("the message %q does not name the field", got)
	}
	if got := len(l.take()); got != 3 {
		t.Errorf("%d records stored, want 3", got)
	}
}

func TestGRPCTurnedAway(t *testing.T) {
	for _, cause := range []error{
		fmt.Errorf("%w: 93 %% of it", store.ErrFull), store.ErrClosed, errors.New("secret path /var/x"),
	} {
		t.Run(cause.Error(), func(t *testing.T) {
			l := &log{}
			client := dial(t, newSink(l))
			l.fail(cause)
			_, err := client.Export(t.Context(), sample())
			s := status.Convert(err)
			if s.Code() != codes.Unavailable || strings.Contains(s.Message(), "secret") {
				t.Errorf("got %v", err)
			}
			if len(s.Details()) != 1 {
				t.Fatalf("details %v, want one", s.Details())
			}
			if retry, ok := s.Details()[0].(*errdetails.RetryInfo); !ok || retry.GetRetryDelay().AsDuration() <= 0 {
				t.Errorf("no retry information: %v", s.Details()[0])
			}
			l.fail(nil)
			if _, err := client.Export(t.Context(), sample()); err != nil {
				t.Errorf("not taken afterwards: %v", err)
			}
		})
	}
}
