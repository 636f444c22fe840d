package e2e

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// wrongFilter is a filter that must be refused, in each of the ways in which it can be
// sent.
type wrongFilter struct {
	name string
	// frame is it as a frame of a WebSocket, parameters as the query of a URL, filter as a
	// message; empty where it cannot be said that way.
	frame, parameters string
	filter            *loggerv1.LogFilter
	// code is what it is refused with, says what the sentence must contain.
	code codes.Code
	says []string
}

func wrongFilters(t *testing.T) []wrongFilter {
	t.Helper()
	foreign := store.Epoch(0x1234567890).Cursor(1)
	return []wrongFilter{
		{
			name: "malformed JSON", frame: `{"query": "severity>=WARN"`,
			code: codes.InvalidArgument, says: []string{"JSON"},
		},
		{
			name: "unknown field", frame: `{"querry": "x"}`, parameters: "querry=x",
			code: codes.InvalidArgument, says: []string{"querry", "query"},
		},
		{
			name: "wrong enum", frame: `{"min_severity": "LOUD"}`, parameters: "min_severity=LOUD",
			code: codes.InvalidArgument, says: []string{"LOUD", "WARN"},
		},
		{
			name: "wrong enum, by number", filter: &loggerv1.LogFilter{MinSeverity: 77},
			code: codes.InvalidArgument, says: []string{"77", "FATAL"},
		},
		{
			name: "invalid query", frame: `{"query": "severity>="}`, parameters: "query=severity%3E%3D",
			filter: &loggerv1.LogFilter{Query: "severity>="},
			code:   codes.InvalidArgument, says: []string{">="},
		},
		{
			name: "regular expression", frame: `{"regex": "(a"}`, parameters: "regex=(a",
			filter: &loggerv1.LogFilter{Regex: "(a"},
			code:   codes.InvalidArgument, says: []string{")"},
		},
		{
			name: "cursor of another log", frame: `{"after_cursor": "` + foreign + `"}`, parameters: "after_cursor=" + foreign,
			filter: afterCursor(foreign),
			code:   codes.FailedPrecondition, says: []string{"another log", "since or last"},
		},
		{
			name: "garbled cursor", frame: `{"after_cursor": "xyz"}`, parameters: "after_cursor=xyz",
			filter: afterCursor("xyz"),
			code:   codes.InvalidArgument, says: []string{"garbled", "since or last"},
		},
		{
			name: "contradictory beginnings", frame: `{"last": 5, "after_cursor": "xyz"}`, parameters: "last=5&after_cursor=xyz",
			code: codes.InvalidArgument, says: []string{"after_cursor", "last"},
		},
		{
			name: "too many", frame: `{"last": 2000000}`, parameters: "last=2000000",
			filter: last(2_000_000),
			code:   codes.InvalidArgument, says: []string{"1,000,000"},
		},
	}
}

// check looks at a refusal: its code, what it says, and that it says what would be right,
// which stands in brackets behind what is wrong.
func (w wrongFilter) check(t *testing.T, how string, code codes.Code, sentence string) {
	t.Helper()
	if code != w.code {
		t.Errorf("%s, %s: got %v, want %v: %s", w.name, how, code, w.code, sentence)
	}
	for _, text := range w.says {
		if !strings.Contains(sentence, text) {
			t.Errorf("%s, %s: %q does not say %q", w.name, how, sentence, text)
		}
	}
	if !strings.HasSuffix(sentence, ")") {
		t.Errorf("%s, %s: %q does not say what would be right", w.name, how, sentence)
	}
}

// TestRefusedFilters sends filters that are wrong, as the first and as a later one, over
// every transport, while others watch.
func TestRefusedFilters(t *testing.T) {
	t.Parallel()
	n := newNeighbours(t)
	for _, w := range wrongFilters(t) {
		if w.frame != "" {
			firstFrame(t, n.server.HTTP, w)
			laterFrame(t, n.server.HTTP, w)
		}
		if w.parameters != "" {
			inURL(t, n.server.HTTP, w)
		}
		if w.filter != nil {
			firstMessage(t, n, w)
			laterMessage(t, n, w)
		}
	}
	n.check(t)
}

// frame is a frame of a WebSocket or a line of NDJSON.
type frame struct {
	Result json.RawMessage
	Error  *struct {
		Code    codes.Code
		Message string
	}
}

// openSocket opens a WebSocket and sends texts, one a message.
func openSocket(t *testing.T, address string, texts ...string) *websocket.Conn {
	t.Helper()
	socket, response, err := websocket.DefaultDialer.DialContext(t.Context(), "ws://"+address+"/logs/monitor", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // a WebSocket's has none
	t.Cleanup(func() { _ = socket.Close() })
	if err := socket.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		sendText(t, socket, text)
	}
	return socket
}

func sendText(t *testing.T, socket *websocket.Conn, text string) {
	t.Helper()
	if err := socket.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// nextFrame returns the next frame, or the error that ended the connection.
func nextFrame(t *testing.T, socket *websocket.Conn) (frame, error) {
	t.Helper()
	_, text, err := socket.ReadMessage()
	if err != nil {
		return frame{}, err
	}
	var f frame
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatalf("a frame that is not JSON: %v: %q", err, text)
	}
	return f, nil
}

// firstFrame wants an error frame and then a close frame that says the same.
func firstFrame(t *testing.T, address string, w wrongFilter) {
	t.Helper()
	socket := openSocket(t, address, w.frame)
	defer socket.Close() //nolint:errcheck // the server has closed it
	f, err := nextFrame(t, socket)
	if err != nil || f.Error == nil {
		t.Errorf("%s, first frame: got %s and %v, want an error frame", w.name, f.Result, err)
		return
	}
	w.check(t, "first frame", f.Error.Code, f.Error.Message)
	closeCodes := map[codes.Code]int{codes.InvalidArgument: 4400, codes.FailedPrecondition: 4412}
	if _, err = nextFrame(t, socket); !websocket.IsCloseError(err, closeCodes[w.code]) {
		t.Errorf("%s, first frame: the connection ended with %v, want close code %d", w.name, err, closeCodes[w.code])
	}
}

// laterFrame wants a Rejected notice, and a stream that goes on.
func laterFrame(t *testing.T, address string, w wrongFilter) {
	t.Helper()
	socket := openSocket(t, address, `{"notices": true}`)
	defer socket.Close() //nolint:errcheck // without a word: the server must bear it
	next := func() (*loggerv1.LogEntry, error) {
		f, err := nextFrame(t, socket)
		if err != nil {
			return nil, err
		}
		if f.Error != nil {
			return nil, status.Error(f.Error.Code, f.Error.Message)
		}
		m := &loggerv1.LogEntry{}
		return m, protojson.Unmarshal(f.Result, m)
	}
	w.later(t, "later frame", next,
		func() { sendText(t, socket, w.frame) },
		func() { sendText(t, socket, `{"notices": true, "query": "nobody"}`) })
}

// later sends a wrong filter once the first is in force, and a good one once that was
// answered.
func (w wrongFilter) later(t *testing.T, how string, next func() (*loggerv1.LogEntry, error), wrong, good func()) {
	t.Helper()
	for {
		m, err := next()
		if err != nil {
			t.Errorf("%s, %s: the stream ended: %v", w.name, how, err)
			return
		}
		n := m.GetNotice()
		switch r := n.GetRejected(); {
		case n.GetApplied().GetRevision() == 1:
			wrong()
		case r.GetRevision() == 2:
			w.check(t, how, codes.Code(r.GetCode()), m.GetMessage())
			if r.GetHint() == "" || r.GetReason() == "" {
				t.Errorf("%s, %s: the refusal has no hint or no reason: %v", w.name, how, r)
			}
			good()
		case n.GetApplied().GetRevision() == 3:
			return
		}
	}
}

// inURL wants a status line that says so and a status in JSON, both for the tail and for
// the listing where that has the same field.
func inURL(t *testing.T, address string, w wrongFilter) {
	t.Helper()
	paths := []string{"/logs/tail", "/logs/monitor"}
	if values, err := url.ParseQuery(w.parameters); err != nil {
		t.Fatal(err)
	} else if !values.Has("last") {
		paths = append(paths, "/logs")
	}
	for _, path := range paths {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+path+"?"+w.parameters, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		code, st := exchange(t, request)
		if code != http.StatusBadRequest {
			t.Errorf("%s, GET %s: status %d, want 400", w.name, path, code)
		}
		w.check(t, "GET "+path, st.Code, st.Message)
	}
}

// problem is a google.rpc.Status.
type problem struct {
	Code    codes.Code
	Message string
}

// exchange sends a request and returns the answer's HTTP status and, where it is a problem,
// that.
func exchange(t *testing.T, request *http.Request) (httpStatus int, p problem) {
	t.Helper()
	ctx, cancel := context.WithTimeout(request.Context(), patience)
	defer cancel()
	response, err := http.DefaultClient.Do(request.WithContext(ctx))
	if err != nil {
		t.Fatalf("%s %s: %v", request.Method, request.URL.Path, err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", request.Method, request.URL.Path, err)
	}
	if response.StatusCode == http.StatusOK {
		return response.StatusCode, p
	}
	if response.Header.Get("Content-Type") == "application/x-protobuf" { // OTLP answers as it was asked
		var st spb.Status
		err = proto.Unmarshal(text, &st)
		p = problem{codes.Code(st.GetCode()), st.GetMessage()}
	} else {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		t.Errorf("%s %s: status %d with a body that is no status: %q", request.Method, request.URL.Path, response.StatusCode, text)
	}
	return response.StatusCode, p
}

// firstMessage wants the gRPC stream to end with the status.
func firstMessage(t *testing.T, n *neighbours, w wrongFilter) {
	t.Helper()
	stream, err := n.logger.Monitor(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(w.filter); err != nil {
		t.Fatal(err)
	}
	_, err = stream.Recv()
	w.check(t, "first message", status.Code(err), status.Convert(err).Message())
	tail, err := n.logger.Tail(t.Context(), w.filter)
	if err != nil {
		t.Fatal(err)
	}
	_, err = tail.Recv()
	w.check(t, "Tail", status.Code(err), status.Convert(err).Message())
}

// laterMessage wants a Rejected notice, and a stream that goes on.
func laterMessage(t *testing.T, n *neighbours, w wrongFilter) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	stream, err := n.logger.Monitor(ctx)
	if err != nil {
		t.Fatal(err)
	}
	send := func(f *loggerv1.LogFilter) {
		t.Helper()
		if err := stream.Send(f); err != nil {
			t.Fatal(err)
		}
	}
	send(query(""))
	w.later(t, "later message", stream.Recv, func() { send(w.filter) }, func() { send(query("nobody")) })
}
