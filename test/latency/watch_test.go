package latency

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// watcher opens a stream of all that is written from now on. It returns what receives the
// message of the next entry, and what ends the stream.
type watcher func(t *testing.T) (next func() (string, error), end func())

func watchGRPC(c *client.Client) watcher {
	return func(t *testing.T) (func() (string, error), func()) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), *each+grace)
		stream, err := c.Monitor(ctx)
		if err != nil {
			cancel()
			t.Fatal(err)
		}
		end := func() {
			cancel()
			_ = stream.Close() // returns nil
		}
		if err := stream.Send(&loggerv1.LogFilter{Notices: true}); err != nil {
			t.Fatal(err)
		}
		next := func(is func(*loggerv1.LogEntry) bool) (string, error) {
			for {
				m, err := stream.Recv()
				if err != nil || is(m) {
					return m.GetMessage(), err
				}
			}
		}
		if _, err := next(func(m *loggerv1.LogEntry) bool { return m.GetNotice().GetCaughtUp() != nil }); err != nil {
			t.Fatal(err)
		}
		return func() (string, error) {
			return next(func(m *loggerv1.LogEntry) bool { return m.GetNotice() == nil })
		}, end
	}
}

func watchWebSocket(address string) watcher {
	return func(t *testing.T) (func() (string, error), func()) {
		t.Helper()
		socket, response, err := websocket.DefaultDialer.DialContext(t.Context(), "ws://"+address+"/logs/monitor", nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close() // a WebSocket's has none
		if err := socket.SetReadDeadline(time.Now().Add(*each + grace)); err != nil {
			t.Fatal(err)
		}
		if err := socket.WriteMessage(websocket.TextMessage, []byte(`{"notices":true}`)); err != nil {
			t.Fatal(err)
		}
		next := func(is func(frame) bool) (string, error) {
			for {
				var f frame
				err := socket.ReadJSON(&f)
				if err == nil && f.Error != nil {
					err = errors.New(string(f.Error))
				}
				if err != nil || is(f) {
					return f.Result.Message, err
				}
			}
		}
		if _, err := next(func(f frame) bool { return f.Result.Notice["caught_up"] != nil }); err != nil {
			t.Fatal(err)
		}
		return func() (string, error) {
			return next(func(f frame) bool { return f.Result.Notice == nil })
		}, func() { _ = socket.Close() }
	}
}

// frame is what a WebSocket client decodes.
type frame struct {
	Result struct {
		Message    string
		Service    string
		Severity   string
		Attributes map[string]string
		Notice     map[string]json.RawMessage
	}
	Error json.RawMessage
}
