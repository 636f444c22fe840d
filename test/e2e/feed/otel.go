package feed

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"testing"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/demo"
	"github.com/seed-2f16ea30/logsieve/test/e2e/node"
	"github.com/seed-2f16ea30/logsieve/test/e2e/program"
)

// otel writes through the OpenTelemetry SDK for JavaScript.
type otel struct {
	feed      *Feed
	program   *program.Program
	via       string
	generator *demo.Generator
	events    chan node.Event
	exported  int
}

// OTel returns a source that logs through the SDK and one of its exporters: "json" and
// "protobuf" go over HTTP, "grpc" over gRPC.
func (f *Feed) OTel(tb testing.TB, via, httpAddress, grpcAddress string, seed uint64) Source {
	tb.Helper()
	// One answer to each command, and one word when it is ready.
	const answers = 2
	s := &otel{feed: f, via: via, generator: demo.New(seed), events: make(chan node.Event, answers)}
	s.program = node.Start(tb, func(e node.Event) { s.events <- e }, "otel.js", "http://"+httpAddress, "http://"+grpcAddress)
	if e, err := s.answer(tb.Context()); err != nil || e.Event != "ready" {
		tb.Fatalf("otel.js is not ready: %+v %v", e, err)
	}
	return s
}

// sdkRecord is an entry as otel.js wants it.
type sdkRecord struct {
	Seconds        int64             `json:"seconds"`
	Nanos          int32             `json:"nanos"`
	Severity       string            `json:"severity"`
	SeverityNumber int32             `json:"severity_number"`
	Service        string            `json:"service"`
	Host           string            `json:"host"`
	Message        string            `json:"message"`
	Attributes     map[string]string `json:"attributes"`
	TraceID        string            `json:"trace_id"`
	SpanID         string            `json:"span_id"`
}

func (s *otel) Write(ctx context.Context, n int) error {
	// A request groups its records by their resource: only those of one host are in order.
	entries := s.feed.make(s.generator, n, func(e *loggerv1.LogEntry) (string, form) {
		return "otel-" + s.via + "-" + e.GetHost(), exact
	})
	records := make([]sdkRecord, n)
	for i, e := range entries {
		records[i] = sdkRecord{
			Seconds: e.GetTimestamp().GetSeconds(), Nanos: e.GetTimestamp().GetNanos(),
			Severity: e.GetSeverity().String(), SeverityNumber: e.GetSeverityNumber(),
			Service: e.GetService(), Host: e.GetHost(), Message: e.GetMessage(),
			Attributes: maps.Clone(e.GetAttributes()), TraceID: e.GetTraceId(), SpanID: e.GetSpanId(),
		}
	}
	if err := s.program.Send(map[string]any{"log": map[string]any{"via": s.via, "records": records}}); err != nil {
		return err
	}
	s.exported += n
	e, err := s.answer(ctx)
	if err == nil && (e.Event != "exported" || e.Count != s.exported || len(e.Errors) > 0) {
		err = fmt.Errorf("the SDK has exported %d of %d records via %s: %s %v", e.Count, s.exported, s.via, e.Event, e.Errors)
	}
	return err
}

// answer waits for what the program says next.
func (s *otel) answer(ctx context.Context) (node.Event, error) {
	select {
	case e := <-s.events:
		return e, nil
	case <-s.program.Ended():
		return node.Event{}, errors.New("the program has ended")
	case <-ctx.Done():
		return node.Event{}, context.Cause(ctx)
	}
}
