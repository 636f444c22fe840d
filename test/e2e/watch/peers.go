package watch

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/node"
	"github.com/seed-2f16ea30/logsieve/test/e2e/program"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// WebSocket watches over a WebSocket, with ws on Node.js.
func WebSocket(tb testing.TB, address string, first *loggerv1.LogFilter) *Watcher {
	tb.Helper()
	return start(tb, "ws", first, func(tb testing.TB, r *record, first *loggerv1.LogFilter) conn {
		tb.Helper()
		return startPeer(tb, r.event, first, "websocket.js", "ws://"+address+"/logs/monitor")
	})
}

// GRPCJS watches over gRPC, with grpc-js on Node.js, which reads the proto file itself.
func GRPCJS(tb testing.TB, address string, first *loggerv1.LogFilter) *Watcher {
	tb.Helper()
	file := filepath.Join(server.Root(), "api", "logger", "v1", "logger.proto")
	return start(tb, "grpc-js", first, func(tb testing.TB, r *record, first *loggerv1.LogFilter) conn {
		tb.Helper()
		return startPeer(tb, func(e node.Event) {
			if e.Event == "end" {
				r.grpcEnd(codes.Code(e.Code), e.Reason)
				return
			}
			r.event(e)
		}, first, "grpc.js", address, file)
	})
}

// peer is a program of package node that takes filters.
type peer struct{ program *program.Program }

func startPeer(tb testing.TB, handle func(node.Event), first *loggerv1.LogFilter, script string, args ...string) peer {
	tb.Helper()
	p := peer{node.Start(tb, handle, script, args...)}
	if err := p.send(first); err != nil {
		tb.Fatal(err)
	}
	return p
}

var filterJSON = protojson.MarshalOptions{UseProtoNames: true}

func (p peer) send(f *loggerv1.LogFilter) error {
	text, err := filterJSON.Marshal(f)
	if err != nil {
		return err
	}
	return p.program.Send(map[string]json.RawMessage{"send": text})
}

func (p peer) raw(text string) error { return p.program.Send(map[string]string{"raw": text}) }

func (p peer) halfClose() error { return p.program.Send(map[string]bool{"half_close": true}) }

func (p peer) close() error { return p.program.End() }

// event notes what a program says.
func (r *record) event(e node.Event) {
	switch e.Event {
	case "message":
		r.frame(e.Message)
	case "error":
		r.errorFrame(string(e.Error))
	case "end":
		r.end(int(e.Code), e.Reason)
	case "failed":
		r.fault("the program failed: %s %s", e.Error, e.Reason)
	}
}

// frame notes an entry or a notice that came as JSON.
func (r *record) frame(text []byte) {
	m := &loggerv1.LogEntry{}
	if err := protojson.Unmarshal(text, m); err != nil {
		r.fault("a message that is no LogEntry: %v: %s", err, text)
		return
	}
	r.received(m)
}
